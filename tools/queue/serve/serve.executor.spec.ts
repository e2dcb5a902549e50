import { isAlive, until } from '@libs/testing';
import { FixtureWorkspace } from '../testing/fixture-workspace';
import type { ServeSessionOptions } from '../testing/serve-session';
import { ServeSession } from '../testing/serve-session';

const PROJECTS = {
  app: { root: 'apps/app' },
  greeting: { root: 'libs/greeting' },
  worker: { root: 'apps/worker', tags: ['queue:worker'] },
  jobs: { root: 'libs/jobs', tags: ['queue:jobs'] },
  runtime: { root: 'libs/runtime', tags: ['queue:runtime'] },
};

/** Prints what it is, runs until SIGTERM, and then takes a moment to finish its work. */
const MAIN = `
  import { greeting } from '@fixture/greeting';
  const running = setInterval(() => {}, 1_000);
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => {
    console.log('app got', signal);
    setTimeout(() => { console.log('app drained'); clearInterval(running); process.exit(0); }, Number(process.env['DRAIN'] ?? 50));
  });
  console.log('app says', greeting, process.env['APP_COLOR'] ?? '', process.env['APP_SHAPE'] ?? '');
  console.log('app pid', process.pid);
`;

let workspace: FixtureWorkspace;
let sessions: ServeSession[];
beforeEach(() => {
  sessions = [];
  workspace = new FixtureWorkspace({
    'apps/app/tsconfig.json': '{ "extends": "../../tsconfig.base.json", "include": ["src"] }',
    'apps/app/src/main.ts': MAIN,
    'libs/greeting/src/index.ts': `export const greeting: string = 'hello';\n`,
  });
  workspace.paths({
    '@fixture/greeting': ['./libs/greeting/src/index.ts'],
    '@fixture/jobs/*': ['./libs/jobs/src/*.job.ts'],
    '@fixture/runtime': ['./libs/runtime/src/index.ts'],
    '@fixture/runtime/*': ['./libs/runtime/src/*.ts'],
  });
});
afterEach(async () => {
  await Promise.all(sessions.map((session) => session.stop()));
  workspace.remove();
});

function serve(project = 'app', options: Partial<ServeSessionOptions> = {}): ServeSession {
  const session = new ServeSession(workspace, project, { projects: PROJECTS, ...options });
  sessions.push(session);
  return session;
}

function greet(text: string): void {
  workspace.write({ 'libs/greeting/src/index.ts': text });
}

describe('the next serve', () => {
  it('starts what the last one has bundled, and replaces it if it is not what the sources give', async () => {
    await serveOnce('app says hello');
    // Stands for what no comparison of files shows, such as another version of the bundler.
    replaceKeptMain(
      MAIN.replace('app says', 'app of the last serve says').replace(
        /import .*/,
        'const greeting = 1;',
      ),
    );

    const session = serve();

    await session.next('app of the last serve says');
    await session.next('The bundle of the last serve is out of date: restarting.');
    await session.next('app says hello');
  });

  it('bundles anew if a source has changed meanwhile', async () => {
    await serveOnce('app says hello');
    greet(`export const greeting: string = 'good morning';\n`);
    const session = serve();
    await session.next('app says');
    expect(session.output).toContain('app says good morning');
  });
});

async function serveOnce(text: string): Promise<void> {
  const session = serve();
  await session.next(text);
  await session.stop();
}

function replaceKeptMain(text: string): void {
  const path = 'dist/serve/app/bundle.json';
  const kept = workspace.readJson(path) as { files: Record<string, object> };
  const main = { hash: 'another', base64: Buffer.from(text).toString('base64') };
  workspace.writeJson(path, { ...kept, files: { ...kept.files, 'main.js': main } });
}

describe('a change', () => {
  it('in a library is running soon after, and the old process was let finish first', async () => {
    const session = serve();
    await session.next('app says hello');

    greet(`export const greeting: string = 'good morning';\n`);

    await session.next('libs/greeting/src/index.ts changed: restarting.');
    await session.next('app got SIGTERM');
    await session.next('app drained');
    await session.next('app says good morning');
  });

  it('that does not compile is shown with its place, and the previous version keeps running', async () => {
    const session = serve();
    const pid = Number(await session.next('app pid'));

    greet(`export const greeting: string = ;\n`);

    await session.next('libs/greeting/src/index.ts:1:32:');
    await session.next('1 │ export const greeting: string = ;');
    await session.next('The previous version keeps running. Waiting for a change.');
    expect(isAlive(pid)).toBe(true);

    greet(`export const greeting: string = 'back';\n`);
    await session.next('app says back');
  });

  it('that only a type error speaks against is running, and the error is shown beside', async () => {
    const session = serve('app', { typeCheck: true });
    await session.next('app says hello');

    greet(`export const greeting: string = 42;\n`);

    await session.next('app says 42');
    await session.next('libs/greeting/src/index.ts(1,14): error TS2322:');

    // The bundler's words are enough for this one.
    greet(`export const greeting: string = ;\n`);
    await session.next('Waiting for a change.');
    greet(`export const greeting: string = 'fine';\n`);
    await session.next('No type errors any more.');
    expect(session.output).not.toContain('error TS1');
  });

  it('is run by a process that has loaded the packages before', async () => {
    workspace.write({
      'node_modules/big-package/package.json': '{ "name": "big-package", "main": "index.js" }',
      'node_modules/big-package/index.js': `
        require('node:fs').appendFileSync('loaded.txt', process.pid + '\\n');
        console.log('big-package warns');
      `,
      'apps/app/src/main.ts': `import 'big-package';\n${MAIN}`,
    });
    const session = serve('app', { preload: true });
    const first = await session.next('app pid');
    const loadedBy = () => workspace.read('loaded.txt').trim().split('\n');
    const spare = await until(() => loadedBy()[1]);
    expect(session.output.match(/big-package warns/g)).toHaveLength(1);

    greet(`export const greeting: string = 'good morning';\n`);

    await session.next('app drained');
    await session.next('big-package warns');
    await session.next('app says good morning');
    expect(await session.next('app pid')).toBe(spare);
    expect(loadedBy().slice(0, 2)).toEqual([first, spare]);
    await session.stop();
    await until(() => loadedBy().every((pid) => !isAlive(Number(pid))));
  });

  it('is run by a new process once other packages are installed', async () => {
    workspace.write({
      'node_modules/other/package.json': '{ "name": "other", "main": "index.js" }',
      'node_modules/other/index.js': `
        exports.version = 1;
        require('node:fs').appendFileSync('loaded.txt', process.pid + '\\n');
      `,
      'apps/app/src/main.ts': `import { version } from 'other';\nconsole.log('version', version);\n${MAIN}`,
    });
    const session = serve('app', { preload: true });
    await session.next('app pid');
    await until(() => workspace.read('loaded.txt').trim().split('\n')[1]);

    workspace.write({
      'node_modules/other/index.js': 'exports.version = 2;',
      'node_modules/.package-lock.json': '{}',
    });
    greet(`export const greeting: string = 'good morning';\n`);

    expect(await session.next('version')).toBe('2');
    await session.next('app says good morning');
  });

  it('starts an application again that has ended by itself', async () => {
    greet(`\nthrow new Error('no greeting today'); export const greeting = '';\n`);
    const session = serve();
    await session.next('no greeting today');
    await session.next('libs/greeting/src/index.ts:2:7');
    await session.next('"app" ended with exit code 1. Waiting for a change.');

    greet(`export const greeting: string = 'recovered';\n`);

    await session.next('app says recovered');
  });

  it('of several files at once restarts once, with all of them', async () => {
    const session = serve();
    await session.next('app says hello');

    workspace.write({ 'libs/greeting/src/new.ts': `export const text: string = 'new file';\n` });
    greet(`export { text as greeting } from './new';\n`);

    await session.next('app says new file');
    expect(session.output.match(/restarting/g)).toHaveLength(1);
  });
});

describe('a file that the application reads', () => {
  beforeEach(() => {
    workspace.write({
      'libs/greeting/src/welcome.hbs': 'template one',
      'libs/greeting/src/query.sql': 'SELECT 1',
      'libs/greeting/src/count.worker.ts': `import { parentPort } from 'node:worker_threads'; parentPort?.postMessage('counted');`,
    });
    greet(`
      import { readFileSync } from 'node:fs';
      import { join } from 'node:path';
      import { Worker } from 'node:worker_threads';
      import query from './query.sql';
      const counted = await new Promise((done) => new Worker(new URL('./count.worker.ts', import.meta.url)).once('message', done));
      export const greeting: string = [readFileSync(join(__dirname, 'welcome.hbs'), 'utf8'), query, counted].join(', ');
    `);
  });

  it('is there, imported or named by its path, and so is a thread', async () => {
    await serve().next('app says template one, SELECT 1, counted');
  });

  it('restarts it when it changes', async () => {
    const session = serve();
    await session.next('app says template one');

    workspace.write({ 'libs/greeting/src/welcome.hbs': 'template two' });

    await session.next('libs/greeting/src/welcome.hbs changed: restarting.');
    await session.next('app says template two');
  });
});

describe('a processor', () => {
  const REGISTRY = 'apps/worker/src/processors.generated.ts';

  beforeEach(() => {
    workspace.write({
      'apps/worker/src/main.ts': `
        import { processors } from './processors.generated';
        setInterval(() => {}, 1_000);
        console.log("worker runs [" + Object.keys(processors).join() + "]");
      `,
      [REGISTRY]: 'export const processors = {};\n',
      'libs/runtime/src/index.ts': `export const defineJob = <T>(job: T): T => job;\n`,
      'libs/runtime/src/consumer.ts': `
        export type ProcessorRegistry = Record<string, () => Promise<unknown>>;
        export const JobProcessor = (job: unknown) => (target: unknown): void => {};
      `,
      'libs/runtime/src/testing.ts': 'export {};\n',
    });
  });

  it('that is added or deleted by hand is registered, and the worker has it', async () => {
    const session = serve('worker');
    await session.next('worker runs []');

    workspace.write({
      'libs/jobs/src/email.job.ts': `
        import { defineJob } from '@fixture/runtime';
        export const emailJob = defineJob({ name: 'email' });
      `,
      'apps/worker/src/processors/email/email.processor.ts': `
        import { emailJob } from '@fixture/jobs/email';
        import { JobProcessor } from '@fixture/runtime/consumer';
        @JobProcessor(emailJob)
        export class EmailProcessor {}
      `,
    });
    await session.next('worker runs [email]');
    expect(workspace.read(REGISTRY)).toContain(`import('./processors/email/email.processor')`);

    workspace.delete('apps/worker/src/processors/email');
    await session.next('worker runs []');
    expect(workspace.read(REGISTRY)).not.toContain('email');
  });
});

describe('an isolated processor', () => {
  const PROCESSOR = 'apps/worker/src/processors/email/email.processor.ts';
  const processor = (answer: string) => `
    import { emailJob } from '@fixture/jobs/email';
    import { JobProcessor } from '@fixture/runtime/consumer';
    @JobProcessor(emailJob, { isolation: 'process' })
    export class EmailProcessor { handle(): string { return '${answer}'; } }
  `;

  it('runs in children here too; a change is picked up by new ones, and none of the old is left', async () => {
    workspace.write({
      'libs/runtime/src/index.ts': `export const defineJob = <T>(job: T): T => job;\n`,
      'libs/runtime/src/consumer.ts': `
        export type ProcessorRegistry = Record<string, () => Promise<unknown>>;
        export const JobProcessor = (job: unknown, options?: unknown) => (target: unknown): void => {};
      `,
      'libs/runtime/src/testing.ts': 'export {};\n',
      'libs/jobs/src/email.job.ts': `
        import { defineJob } from '@fixture/runtime';
        export const emailJob = defineJob({ name: 'email' });
      `,
      [PROCESSOR]: processor('first'),
      // The least of what the job runtime does.
      'apps/worker/src/main.ts': `
        import { fork } from 'node:child_process';
        fork(new URL('./sandbox.js', import.meta.url));
        process.on('SIGTERM', () => process.exit(0));
      `,
      'apps/worker/src/sandbox.ts': `
        import { processors } from './processors.generated';
        const { EmailProcessor } = await processors.email();
        process.on('disconnect', () => process.exit(0));
        console.log('child says', new EmailProcessor().handle(), process.pid);
      `,
    });
    const session = serve('worker');
    const first = Number(await session.next('child says first'));

    workspace.write({ [PROCESSOR]: processor('second') });

    const second = Number(await session.next('child says second'));
    await until(() => !isAlive(first));
    await session.stop();
    await until(() => !isAlive(second));
  });
});

describe('what a build would refuse', () => {
  it('is said while serving, once, and again when it is mended', async () => {
    workspace.write({
      'apps/app/project.json': '{ "name": "app", "projectType": "application" }',
      'libs/greeting/project.json': '{ "name": "greeting" }',
    });
    workspace.install('by-chance', {}, { 'index.js': `exports.text = 'by chance';` });
    await workspace.useNx();
    const session = serve('app', { checkBundle: true });
    await session.next('app says hello');

    greet(`import { text } from 'by-chance';\nexport const greeting: string = text;\n`);

    await session.next('app says by chance');
    await session.next('A build of "app" would fail:');
    await session.next(
      'libs/greeting/src/index.ts imports the package "by-chance", which no package.json declares.',
    );
    await session.next('apps/app/src/main.ts:2');
    await session.next('What to do: npm install --save-prod by-chance');

    greet(`export const greeting: string = 'mended';\n`);
    await session.next('A build of "app" would succeed again.');
  });
});

describe('ending', () => {
  it('by Ctrl-C reaches the application once, and waits until it has finished its work', async () => {
    const session = serve('app', { env: { DRAIN: '1500' } });
    const pid = Number(await session.next('app pid'));

    session.pressCtrlC();

    expect(await session.ended).toBe(0);
    expect(session.output.match(/app got \w+/g)).toEqual(['app got SIGTERM']);
    expect(session.output).toContain('app drained');
    await until(() => !isAlive(pid));
    expect(workspace.list('dist/serve/app')).toEqual(['bundle.json']);
  });

  it.each(['Starting "app".', 'changed: restarting.'])(
    'by Ctrl-C after "%s", which ends the bundler too, says nothing of that',
    async (moment) => {
      const session = serve();
      await session.next('Starting "app".');
      if (moment !== 'Starting "app".') {
        await session.next('app says hello');
        greet(`export const greeting: string = 'again';\n`);
        await session.next(moment);
      }

      session.pressCtrlC();

      expect(await session.ended).toBe(0);
      expect(session.output).not.toContain('service');
      expect(session.output).not.toContain('    at ');
    },
  );

  it('by Ctrl-C twice ends the application at once', async () => {
    const session = serve('app', { env: { DRAIN: '600000' } });
    const pid = Number(await session.next('app pid'));

    session.pressCtrlC();
    await session.next('app got SIGTERM');
    await until(() => {
      if (!isAlive(pid)) return true;
      session.pressCtrlC();
      return false;
    });

    await session.ended;
    expect(session.output).not.toContain('app drained');
  });

  it('by SIGKILL leaves no application behind, but lets it finish its work', async () => {
    workspace.write({
      'apps/app/src/main.ts': `
        import { writeFileSync } from 'node:fs';
        ${MAIN}
        process.on('exit', () => writeFileSync('drained.txt', 'yes'));
      `,
    });
    const session = serve('app', { env: { DRAIN: '500' } });
    const pid = Number(await session.next('app pid'));

    session.signal('SIGKILL');

    await until(() => !isAlive(pid));
    expect(workspace.read('drained.txt')).toBe('yes');
  });
});

describe('the environment', () => {
  const environmentCommand = `node -p "JSON.stringify({ APP_COLOR: 'red', APP_SHAPE: 'round' })"`;

  it('comes from a command, what is set already wins, and preparing commands have it', async () => {
    const prepare = [`node -p "'prepared in ' + process.env.APP_COLOR"`];
    const env = { APP_COLOR: 'blue', APP_SHAPE: '' };
    const session = serve('app', { environmentCommand, prepare, env });

    await session.next('prepared in blue');
    expect(await session.next('app says hello')).toBe('blue round');
  });

  it('is waited for, also when a file changes meanwhile', async () => {
    workspace.write({
      'prepare.cjs': `
        const greeting = "export const greeting: string = 'changed meanwhile';";
        require('node:fs').writeFileSync('libs/greeting/src/index.ts', greeting);
        setTimeout(() => console.log('prepared'), 1_000);
      `,
    });
    const session = serve('app', { prepare: ['node prepare.cjs'] });

    await session.next('prepared');
    await session.next('app says changed meanwhile');
    expect(session.output.match(/app says/g)).toHaveLength(1);
  });

  it('that cannot be had ends serve with a sentence and exit code 1', async () => {
    const session = serve('app', { environmentCommand: `echo "no disk left" >&2; exit 3` });

    expect(await session.ended).toBe(1);
    expect(session.output).toContain('no disk left');
    expect(session.output).toContain('failed with exit code 3. See its output.');
    expect(session.output).not.toContain('    at ');
  });
});

it("two at once of the same application do not get in each other's way", async () => {
  const first = serve();
  const second = serve();
  await Promise.all([first.next('app says hello'), second.next('app says hello')]);

  greet(`export const greeting: string = 'both';\n`);

  await Promise.all([first.next('app says both'), second.next('app says both')]);
});
