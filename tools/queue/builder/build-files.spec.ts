import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stop as stopEsbuild } from 'esbuild';
import { GuardError } from '../guard/guard.error';
import type { FixtureProject } from '../testing/fixture-workspace';
import { FixtureWorkspace, projectGraph } from '../testing/fixture-workspace';
import { buildApp } from './build-app';

const ROOT = 'apps/mailer';
const SOURCES = `${ROOT}/src`;
const OUTPUT = `dist/${ROOT}`;
const PROJECTS: Record<string, FixtureProject> = {
  mailer: { root: ROOT, dependsOn: ['templates'] },
  templates: { root: 'libs/templates' },
  other: { root: 'libs/other' },
};

let workspace: FixtureWorkspace;
let elsewhere: string;
beforeEach(() => {
  elsewhere = realpathSync(mkdtempSync(join(tmpdir(), 'queue-deployed-')));
  workspace = new FixtureWorkspace({
    [`${ROOT}/tsconfig.json`]: '{ "extends": "../../tsconfig.base.json" }',
    'libs/templates/src/index.ts': 'export {};',
  });
  workspace.paths({ '@fixture/templates': ['./libs/templates/src/index.ts'] });
});
afterEach(() => {
  workspace.remove();
  rmSync(elsewhere, { recursive: true, force: true });
});
afterAll(() => stopEsbuild());

function write(files: Record<string, string>): void {
  workspace.write(
    Object.fromEntries(
      Object.entries(files).map(([path, text]) => [
        path.startsWith('libs/') ? path : `${SOURCES}/${path}`,
        text,
      ]),
    ),
  );
}

function build() {
  return buildApp(workspace.settings('mailer', ROOT), projectGraph(PROJECTS));
}

/** Builds, moves the folder to where no source is, and runs it there. */
async function run(files: Record<string, string>): Promise<string> {
  write(files);
  await build();
  cpSync(join(workspace.root, OUTPUT), elsewhere, { recursive: true });
  workspace.delete('apps');
  workspace.delete('libs');
  const { output } = await workspace.node(join(elsewhere, 'main.js'));
  return output.trim();
}

async function problems(files: Record<string, string>): Promise<string> {
  write(files);
  const error = await build().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(GuardError);
  return (error as GuardError).message;
}

describe('a file that a processor reads goes along with it', () => {
  const READ = `import { readFileSync } from 'node:fs'; import { dirname, join, resolve } from 'node:path'; import { fileURLToPath } from 'node:url';`;
  const HELLO = { 'mail/welcome.hbs': 'Hello {{name}}' };

  it.each([
    ['a URL', `readFileSync(new URL('./welcome.hbs', import.meta.url), 'utf8')`],
    [
      'the path of a URL',
      `readFileSync(fileURLToPath(new URL('welcome.hbs', import.meta.url)), 'utf8')`,
    ],
    ['__dirname', `readFileSync(join(__dirname, 'welcome.hbs'), 'utf8')`],
    ['__dirname, resolved', `readFileSync(resolve(__dirname, '../mail', './welcome.hbs'), 'utf8')`],
    ['__dirname and a text', `readFileSync(__dirname + '/welcome.hbs', 'utf8')`],
    ['__dirname in a template', 'readFileSync(`${__dirname}/welcome.hbs`, "utf8")'],
    ['__filename', `readFileSync(join(dirname(__filename), 'welcome.hbs'), 'utf8')`],
    ['import.meta.dirname', `readFileSync(join(import.meta.dirname, 'welcome.hbs'), 'utf8')`],
    [
      'import.meta.filename',
      `readFileSync(join(dirname(import.meta.filename), 'welcome.hbs'), 'utf8')`,
    ],
    [
      'the folder of import.meta.url',
      `readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'welcome.hbs'), 'utf8')`,
    ],
    ['require.resolve', `readFileSync(require.resolve('./welcome.hbs'), 'utf8')`],
    [
      'import.meta.resolve',
      `readFileSync(fileURLToPath(import.meta.resolve('./welcome.hbs')), 'utf8')`,
    ],
  ])('named by %s', async (_, expression) => {
    const output = await run({
      ...HELLO,
      'mail/render.ts': `${READ} export const text: string = ${expression};`,
      'main.ts': `const { text } = await import('./mail/render'); console.log(text);`,
    });

    expect(output).toBe('Hello {{name}}');
  });

  it('named by a constant, in a class with decorators', async () => {
    const output = await run({
      ...HELLO,
      'main.ts': `
        ${READ}
        const here = dirname(fileURLToPath(import.meta.url));
        const FILE = join(here, 'mail', 'welcome.hbs');
        function mark(target: unknown) {}
        @mark
        class Mailer { text() { return readFileSync(FILE, 'utf8'); } }
        console.log(new Mailer().text());`,
    });

    expect(output).toBe('Hello {{name}}');
  });

  it('from JavaScript too', async () => {
    const output = await run({
      ...HELLO,
      'mail/render.js': `const { readFileSync } = require('fs'); exports.text = readFileSync(__dirname + '/welcome.hbs', 'utf8');`,
      'main.ts': `import { text } from './mail/render.js'; console.log(text);`,
    });

    expect(output).toBe('Hello {{name}}');
  });

  it('with its whole folder, if only the program knows which file', async () => {
    const output = await run({
      'templates/a.hbs': 'A',
      'templates/partials/b.hbs': 'B',
      'templates/helpers.ts': 'export const notForReading = 1;',
      'main.ts': `
        ${READ} import { readdirSync } from 'node:fs';
        const read = (name: string) => readFileSync(join(__dirname, 'templates', name), 'utf8');
        const inUrl = (name: string) => readFileSync(new URL(\`./templates/partials/\${name}.hbs\`, import.meta.url), 'utf8');
        const folder = new URL('./templates/', import.meta.url);
        console.log(read('a.hbs'), inUrl('b'), readdirSync(folder).sort().join());`,
    });

    expect(output).toBe('A B a.hbs,partials');
  });

  it.each([
    `join(__dirname, 'locales/{{lng}}.json')`,
    `join(__dirname, 'locales') + '/{{lng}}.json'`,
    'new URL("./locales/[name].json", import.meta.url).pathname',
    `join(__dirname, 'locales', '%s.json')`,
  ])('with its whole folder, if a library fills in which file: %s', async (expression) => {
    const output = await run({
      'locales/en.json': '{"hello":"Hello"}',
      'main.ts': `
        ${READ}
        const pattern = ${expression};
        console.log(readFileSync(pattern.replace(/\\{\\{lng\\}\\}|\\[name\\]|%s/, 'en'), 'utf8'));`,
    });

    expect(output).toBe('{"hello":"Hello"}');
  });

  it('but a module may note its own folder, and nothing goes along', async () => {
    write({
      'main.ts': `if (typeof __dirname === 'string') globalThis['__dirname' as 'name'] = __dirname;`,
    });

    await build();

    expect(workspace.has(`${OUTPUT}/files`)).toBe(false);
  });

  it('from a library, byte for byte, whatever it is called', async () => {
    const output = await run({
      'libs/templates/src/logo #1 ü?.png': '\u0000\u0001ÿ',
      'libs/templates/src/index.ts': `
        ${READ}
        export const logo = (): string => readFileSync(join(__dirname, 'logo #1 ü?.png')).toString('hex');`,
      'main.ts': `import { logo } from '@fixture/templates'; console.log(logo());`,
    });

    expect(output).toBe('0001c3bf');
  });

  it('only if what reads it is in the bundle', async () => {
    write({
      'main.ts': `export {}; console.log('main');`,
      'unused.ts': `export const url = new URL('./unused.txt', import.meta.url);`,
      'unused.txt': 'unused',
    });

    await build();

    expect(workspace.has(`${OUTPUT}/files`)).toBe(false);
  });

  it('and its name, and whether a module is the main one, are as they were', async () => {
    const output = await run({
      'main.ts': `import { basename } from 'node:path'; console.log(basename(__filename));`,
    });

    expect(output).toMatch(/^main\.(?:ts|js)$/);
  });
});

describe('an imported file that is not code', () => {
  it('gives its text or its bytes', async () => {
    const output = await run({
      'top.sql': 'SELECT 1;\n',
      'logo.png': '\u0000\u0001ÿ',
      'main.ts': `
        import query from './top.sql'; import logo from './logo.png';
        console.log(JSON.stringify(query), logo instanceof Uint8Array, Buffer.from(logo).toString('hex'));`,
    });

    expect(output).toBe('"SELECT 1;\\n" true 0001c3bf');
  });
});

describe('a file that is read but would not be there', () => {
  it('is a breach if it does not exist, with the line and the way to it', async () => {
    const message = await problems({
      'read.ts': `export const url = new URL('./welcom.hbs', import.meta.url);`,
      'main.ts': `import { url } from './read'; console.log(url);`,
    });

    expect(message).toContain(
      `apps/mailer/src/read.ts:1 refers to apps/mailer/src/welcom.hbs, which does not exist`,
    );
    expect(message).toContain('apps/mailer/src/main.ts:1\n     └ apps/mailer/src/read.ts:1');
    expect(message).toContain('Create the file, or correct the path.');
  });

  it('is a breach if require.resolve finds none', async () => {
    const message = await problems({
      'main.ts': `console.log(require.resolve('./welcom.hbs'));`,
    });

    expect(message).toContain(
      `apps/mailer/src/main.ts:1 refers to apps/mailer/src/welcom.hbs, which does not exist`,
    );
  });

  it('is a breach if it is a pattern for code, which is bundled', async () => {
    const message = await problems({
      'entities/a.entity.ts': 'export class A {}',
      'main.ts': `import { join } from 'node:path'; console.log({ entities: [join(__dirname, 'entities/*.entity.js')] });`,
    });

    expect(message).toContain('apps/mailer/src/entities/*.entity.js, which does not exist');
    expect(message).toContain('import the files and list them');
  });

  it.each([
    `join(__dirname, name)`,
    `new URL(name, import.meta.url)`,
    `join(__dirname, '..', name)`,
    `__dirname`,
  ])('is a breach if it may be any file: %s', async (expression) => {
    const message = await problems({
      'main.ts': `import { join } from 'node:path'; const name = process.argv[2] ?? ''; console.log(${expression}, join(name));`,
    });

    expect(message).toContain('but the bundler cannot tell which one');
    expect(message).toContain("new URL('./templates/', import.meta.url)");
  });

  it.each([
    `readFileSync('apps/mailer/src/welcome.hbs')`,
    `readFileSync(join(process.cwd(), 'apps/mailer/src', 'welcome.hbs'))`,
    `createReadStream('./apps/mailer/src/welcome.hbs')`,
  ])('is a breach if its path begins at the working directory: %s', async (expression) => {
    const message = await problems({
      'welcome.hbs': 'Hello',
      'main.ts': `import { createReadStream, readFileSync } from 'node:fs'; import { join } from 'node:path'; console.log(${expression}, join, createReadStream, readFileSync);`,
    });

    expect(message).toContain('reads apps/mailer/src/welcome.hbs, which is not part of the bundle');
  });

  it('is a breach if it is of a project that the graph does not know of', async () => {
    const message = await problems({
      'libs/other/src/data.json': '{}',
      'main.ts': `console.log(new URL('../../../libs/other/src/data.json', import.meta.url));`,
    });

    expect(message).toContain(
      'refers to a file of "other", but the project graph does not know that "mailer" depends on "other"',
    );
  });
});

describe('a program of its own', () => {
  const THREAD = `
    import { parentPort, workerData } from 'node:worker_threads';
    import { shout } from './shout';
    parentPort?.postMessage(shout(workerData as string));`;
  const SHOUT = {
    'hash/shout.ts': `export const shout = (text: string): string => text.toUpperCase();`,
  };

  it.each([
    ['a URL of its source', `new URL('./hash.worker.ts', import.meta.url)`],
    ['a URL of what it compiles to', `new URL('./hash.worker.js', import.meta.url)`],
    ['a path', `join(__dirname, 'hash.worker.js')`],
    ['a constant', `PROGRAM`],
    ['require.resolve, without its ending', `require.resolve('./hash.worker')`],
    ['import.meta.resolve', `new URL(import.meta.resolve('./hash.worker.ts'))`],
  ])('runs in a thread, named by %s', async (_, expression) => {
    const output = await run({
      ...SHOUT,
      'hash/hash.worker.ts': THREAD,
      'hash/hash.ts': `
        import { Worker } from 'node:worker_threads'; import { join } from 'node:path';
        const PROGRAM = new URL('./hash.worker.ts', import.meta.url);
        export const hash = (text: string) => new Promise((done) => {
          new Worker(${expression}, { workerData: text }).once('message', done);
          void [PROGRAM, join];
        });`,
      'main.ts': `const { hash } = await import('./hash/hash'); console.log(await hash('abc'));`,
    });

    expect(output).toBe('ABC');
  });

  it('runs in a process, and may start another one', async () => {
    const output = await run({
      ...SHOUT,
      'hash/inner.ts': THREAD,
      'hash/outer.ts': `
        import { Worker } from 'node:worker_threads';
        new Worker(new URL('./inner.js', import.meta.url), { workerData: 'deep' }).once('message', (text) => process.send?.(text, () => process.disconnect()));`,
      'main.ts': `
        import { fork } from 'node:child_process'; import { join } from 'node:path';
        fork(join(__dirname, 'hash/outer.js')).once('message', (text) => console.log(text));`,
    });

    expect(output).toBe('DEEP');
  });

  it('is checked by the guard like everything else', async () => {
    const message = await problems({
      'hash.worker.ts': `import '../../../libs/other/src/secret';`,
      'libs/other/src/secret.ts': `console.log('secret');`,
      'main.ts': `import { Worker } from 'node:worker_threads'; new Worker(new URL('./hash.worker.ts', import.meta.url));`,
    });

    expect(message).toContain('does not know that "mailer" depends on "other"');
    expect(message).toContain(
      'apps/mailer/src/main.ts:1\n     └ apps/mailer/src/hash.worker.ts:1   (by its path)\n       └ libs/other/src/secret.ts',
    );
  });
});

describe('what the build did not write', () => {
  it('stays in the folder, and the build says so', async () => {
    write({
      'main.ts': `const { a } = await import('./a'); console.log(a);`,
      'a.ts': 'export const a = 1;',
    });
    await build();
    const [before] = workspace.list(`${OUTPUT}/chunks`);
    workspace.write({ [`${OUTPUT}/.env.production`]: 'A=1', [`${OUTPUT}/uploads/x.png`]: '' });
    const stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    write({ 'a.ts': 'export const a = 2;' });

    await build();

    expect(workspace.read(`${OUTPUT}/.env.production`)).toBe('A=1');
    expect(workspace.list(`${OUTPUT}/chunks`)).not.toContain(before);
    expect(stderr.mock.calls.join('')).toContain(
      'dist/apps/mailer has what no build wrote: .env.production, uploads/. It was left as it is.',
    );
  });
});
