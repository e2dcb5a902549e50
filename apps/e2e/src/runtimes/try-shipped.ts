import { freePort, startSmtpServer, until } from '@libs/testing';
import sharp from 'sharp';
import { AppProcess } from '../support/app.process';
import { firstTrueLine } from '../support/first-true-line';
import { notify } from '../support/notify';

/** What is tried of the built api and worker, in this order. What follows something that fails is not tried. */
export const STEPS = ['start', 'mail', 'image', 'stop'] as const;
export type Step = (typeof STEPS)[number];

export const WORKS = 'works';

/** What became of each step that was tried: {@link WORKS}, or what went wrong. */
export type Outcomes = Partial<Record<Step, string>>;

export interface ShippedApps {
  /** The folders. */
  readonly api: string;
  readonly worker: string;
  /** What runs them: a program, and its arguments before the name of the file. */
  readonly command: readonly string[];
  /** An empty database. */
  readonly databaseUrl: string;
}

/** Runs the built api and worker, a mail and an image through them, and stops them. */
export async function tryShipped({
  api,
  worker,
  command: [program = '', ...args],
  databaseUrl,
}: ShippedApps): Promise<Outcomes> {
  const smtp = await startSmtpServer();
  const running: AppProcess[] = [];
  const start = (folder: string, file: string, env: Record<string, string> = {}): AppProcess => {
    const app = new AppProcess({
      folder,
      command: program,
      args: [...args, file],
      env: { DATABASE_URL: databaseUrl, NODE_ENV: 'production', SMTP_URL: smtp.url, ...env },
    });
    running.push(app);
    return app;
  };
  const [port, workerPort] = await Promise.all([freePort(), freePort()]);
  const url = `http://127.0.0.1:${port}`;
  const steps: Record<Step, () => Promise<void>> = {
    start: async () => {
      const migration = start(api, 'migrate.js');
      if ((await migration.exit()).code !== 0) throw new Error(migration.output);
      const apps = [
        start(api, 'main.js', { PORT: String(port) }).ready(`${url}/health/ready`),
        start(worker, 'main.js', { WORKER_HTTP: String(workerPort) }).ready(
          `http://127.0.0.1:${workerPort}/health/ready`,
        ),
      ];
      await Promise.all(apps);
    },
    mail: () => notify(url, 'Hello').then((response) => completed(url, response)),
    image: async () => {
      const create = { width: 800, height: 600, channels: 3, background: '#2a6f97' } as const;
      const form = new FormData();
      const bytes = await sharp({ create }).png().toBuffer();
      form.append('file', new Blob([Uint8Array.from(bytes)]), 'picture.png');
      await completed(url, await fetch(`${url}/images`, { method: 'POST', body: form }));
    },
    stop: async () => {
      for (const app of running) {
        const { code } = await app.stop();
        if (code !== 0) throw new Error(`exit code ${code}: ${app.output}`);
      }
    },
  };
  const outcomes: Outcomes = {};
  try {
    for (const step of STEPS) {
      outcomes[step] = await steps[step]().then(() => WORKS, reasonOf);
      if (outcomes[step] !== WORKS) break;
    }
    return outcomes;
  } finally {
    for (const app of running) app.kill('SIGKILL');
    await smtp.close();
  }
}

/** Follows the job of an accepted request. @throws if it does not complete */
async function completed(api: string, response: Response): Promise<void> {
  if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
  const location = response.headers.get('location') ?? '';
  const job = await until(async () => {
    const found = (await (await fetch(`${api}${location}`)).json()) as { state: string };
    return ['completed', 'failed'].includes(found.state) ? found : undefined;
  });
  if (job.state !== 'completed') throw new Error(JSON.stringify(job));
}

function reasonOf(error: unknown): string {
  return firstTrueLine(error instanceof Error ? error.message : String(error));
}
