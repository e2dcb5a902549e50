import { createTestDatabase, startSmtpServer, freePort } from '@libs/testing';
import { AppProcess, type AppProcessOptions } from './app.process';
import { imageSteps } from './dockerfile';

/** The folders of the shipped apps; the global setup makes them once for all test files. */
function shipped(app: string): string {
  const folder = process.env[`E2E_${app.toUpperCase()}`];
  if (folder === undefined)
    throw new Error(`The ${app} was not shipped: run this project's tests with npx nx test e2e`);
  return folder;
}

/** A database with the migrations applied, an SMTP server, and the shipped apps on top of them. */
export class System {
  private readonly apps: AppProcess[] = [];

  private constructor(
    readonly database: Awaited<ReturnType<typeof createTestDatabase>>,
    readonly smtp: Awaited<ReturnType<typeof startSmtpServer>>,
  ) {}

  static async create(): Promise<System> {
    const database = await createTestDatabase();
    const smtp = await startSmtpServer();
    const system = new System(database, smtp);
    const migrate = new AppProcess({
      folder: shipped('api'),
      args: ['migrate.js'],
      env: { DATABASE_URL: database.url },
    });
    const { code } = await migrate.exit();
    if (code !== 0) throw new Error(`The migrations failed:\n${migrate.output}`);
    return system;
  }

  /** The health check of an app's image, run once against a process with these variables. @returns its exit code */
  async healthCheck(name: 'api' | 'worker', env: Record<string, string>): Promise<number | null> {
    const folder = shipped(name);
    const [, ...args] = imageSteps(folder).healthCheck;
    return (await new AppProcess({ folder, env, args }).exit()).code;
  }

  /** Starts the shipped api and resolves once it is ready. */
  async startApi(env: Record<string, string> = {}): Promise<{ app: AppProcess; url: string }> {
    const port = await freePort();
    const app = this.start('api', { PORT: String(port), ...env });
    const url = `http://127.0.0.1:${port}`;
    await app.ready(`${url}/health/ready`);
    return { app, url };
  }

  /** Starts a shipped worker and resolves once it is ready. */
  async startWorker(env: Record<string, string> = {}): Promise<{ app: AppProcess; url: string }> {
    const port = await freePort();
    const app = this.start('worker', {
      WORKER_HTTP: String(port),
      SMTP_URL: this.smtp.url,
      ...env,
    });
    const url = `http://127.0.0.1:${port}`;
    await app.ready(`${url}/health/ready`);
    return { app, url };
  }

  /** Starts a shipped app without waiting for it. */
  start(
    name: 'api' | 'worker',
    env: Record<string, string> = {},
    start: Pick<AppProcessOptions, 'command' | 'args'> = {},
  ): AppProcess {
    const app = new AppProcess({
      folder: shipped(name),
      env: { DATABASE_URL: this.database.url, ...env },
      ...start,
    });
    this.apps.push(app);
    return app;
  }

  /** Stops what still runs, and drops the database, which fails if a program left a connection open. */
  async close(): Promise<void> {
    await Promise.all(this.apps.map((app) => app.stop()));
    await this.smtp.close();
    await this.database.drop();
  }
}

/** Reads a server-sent event stream to its end. */
export async function readEvents(
  url: string,
): Promise<{ event?: string | undefined; data: unknown }[]> {
  const { createParser } = await import('eventsource-parser');
  const events: { event?: string | undefined; data: unknown }[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => events.push({ event, data: JSON.parse(data) as unknown }),
  });
  const response = await fetch(url, { headers: { accept: 'text/event-stream' } });
  const decoder = new TextDecoder();
  if (response.body === null) throw new Error(`${url} answered without a body`);
  for await (const chunk of response.body)
    parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
  return events;
}
