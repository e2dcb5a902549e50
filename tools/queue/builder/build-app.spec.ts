import { stop as stopEsbuild } from 'esbuild';
import { load } from 'js-yaml';
import { FixtureWorkspace, projectGraph } from '../testing/fixture-workspace';
import { buildApp } from './build-app';
import type { BuildOptions } from '../bundle/build-options';
import { BundleError } from '../bundle/bundle.error';

const ROOT = 'apps/mailer';
const OUTPUT = `dist/${ROOT}`;

let workspace: FixtureWorkspace;
beforeEach(() => {
  workspace = new FixtureWorkspace({
    [`${ROOT}/tsconfig.json`]: '{ "extends": "../../tsconfig.base.json" }',
  });
});
afterEach(() => {
  workspace.remove();
});
afterAll(() => stopEsbuild());

/** Builds the application; `packages` are those that its sources import. */
function build({
  packages = [],
  tags = [],
  ...options
}: BuildOptions & { packages?: string[]; tags?: string[] } = {}) {
  workspace.declare(Object.fromEntries(packages.map((name) => [name, '*'])));
  const graph = projectGraph({
    mailer: { root: ROOT, tags, dependsOn: packages.map((name) => `npm:${name}`) },
    ...(tags.length > 0 ? { runtime: { root: 'libs/runtime', tags: ['queue:runtime'] } } : {}),
  });
  return buildApp(workspace.settings('mailer', ROOT, options, tags), graph);
}

function writeMain(text: string, files: Record<string, string> = {}): void {
  workspace.write({ [`${ROOT}/src/main.ts`]: text });
  workspace.write(
    Object.fromEntries(
      Object.entries(files).map(([path, content]) => [`${ROOT}/src/${path}`, content]),
    ),
  );
}

async function runMain(...flags: string[]): Promise<string> {
  const { output } = await workspace.node(...flags, `${OUTPUT}/main.js`);
  return output.trim();
}

describe('the files of a build', () => {
  it('are an entry, a chunk named after each lazily loaded file, source maps and manifests', async () => {
    writeMain(`const { name } = await import('./email.processor'); console.log(name);`, {
      'email.processor.ts': `export const name = 'email';`,
    });

    await build();

    expect(workspace.list(OUTPUT)).toEqual([
      'chunks',
      'main.js',
      'main.js.map',
      'package-lock.json',
      'package.json',
    ]);
    expect(workspace.list(`${OUTPUT}/chunks`)).toEqual([
      expect.stringMatching(/^email\.processor-\w+\.js$/),
      expect.stringMatching(/^email\.processor-\w+\.js\.map$/),
    ]);
    expect(await runMain()).toBe('email');
  });

  it('include each further entry point under its own name', async () => {
    writeMain(`console.log('main');`, { 'migrate.ts': `console.log('migrated');` });

    await build({ additionalEntryPoints: [`${ROOT}/src/migrate.ts`] });

    const { output } = await workspace.node(`${OUTPUT}/migrate.js`);
    expect(output).toBe('migrated\n');
  });

  it('include what the children of isolated processors run, if a worker has it, sharing chunks with the start', async () => {
    workspace.paths({
      '@fixture/runtime': ['./libs/runtime/src/index.ts'],
      '@fixture/runtime/*': ['./libs/runtime/src/*.ts'],
    });
    workspace.write({
      'libs/runtime/src/index.ts': 'export {};',
      'libs/runtime/src/consumer.ts': 'export {};',
      'libs/runtime/src/testing.ts': 'export {};',
    });
    writeMain(`import { name } from './name'; console.log('worker', name);`, {
      'name.ts': `export const name = 'of a long name, once';`,
      'sandbox.ts': `import { name } from './name'; console.log('child', name);`,
    });

    await build({ tags: ['queue:worker'] });
    const { output } = await workspace.node(`${OUTPUT}/sandbox.js`);
    expect(output).toBe('child of a long name, once\n');
    expect(await runMain()).toBe('worker of a long name, once');
    expect(workspace.read(`${OUTPUT}/sandbox.js`)).not.toContain('of a long name');

    // As a person may have listed it too.
    await build({ tags: ['queue:worker'], additionalEntryPoints: [`${ROOT}/src/sandbox.ts`] });
    expect(workspace.has(`${OUTPUT}/sandbox.js`)).toBe(true);
    // For an application that is no worker it is a file like any other.
    await build();
    expect(workspace.has(`${OUTPUT}/sandbox.js`)).toBe(false);
  });

  it('hold nothing of an older build, but leave installed packages alone', async () => {
    writeMain(`await import('./old');`, { 'old.ts': `console.log('old');` });
    await build();
    workspace.write({ [`${OUTPUT}/node_modules/installed/index.js`]: '' });
    writeMain(`console.log('new');`);

    await build();

    expect(workspace.list(`${OUTPUT}/chunks`)).toEqual([]);
    expect(workspace.has(`${OUTPUT}/node_modules/installed/index.js`)).toBe(true);
  });

  it('stay as they were when a build fails', async () => {
    writeMain(`console.log('good');`);
    await build();
    writeMain(`console.log('bad';`);

    await expect(build()).rejects.toThrow(BundleError);

    expect(await runMain()).toBe('good');
  });
});

describe('what is compiled', () => {
  it('keeps the types of constructor parameters, which Nest injects by', async () => {
    writeMain(`
      import 'reflect-metadata';
      import { Injectable, Module } from '@nestjs/common';
      import { NestFactory } from '@nestjs/core';
      @Injectable() class Mailer { send() { return 'sent'; } }
      @Injectable() class Greeter { constructor(readonly mailer: Mailer) {} }
      @Module({ providers: [Greeter, Mailer] }) class App {}
      const app = await NestFactory.createApplicationContext(App, { logger: false });
      console.log(app.get(Greeter).mailer.send(), Greeter.name);
    `);

    await build({ packages: ['reflect-metadata', '@nestjs/common', '@nestjs/core', 'rxjs'] });

    expect(await runMain()).toBe('sent Greeter');
  });

  it('has source maps that lead back to the line in TypeScript, with and without decorators', async () => {
    writeMain(`import './plain'; import './decorated';`, {
      'plain.ts': `interface Removed { x: 1 }\n\nconsole.log(new Error('plain').stack);`,
      'decorated.ts': `function mark(target: unknown) {}\ninterface Removed { x: 1 }\n\n@mark\nclass A {\n  stack() { return new Error('decorated').stack; }\n}\nconsole.log(new A().stack());`,
    });

    await build();

    const output = await runMain('--enable-source-maps');
    expect(output).toContain('plain.ts:3:');
    expect(output).toContain('decorated.ts:6:');
  });

  it('finds require, __dirname and __filename, also where a module defines its own', async () => {
    workspace.install(
      'old-style',
      {},
      {
        'index.js': `exports.where = __dirname; exports.os = require(['o', 's'].join('')).EOL;`,
      },
    );
    workspace.install(
      'own-require',
      { type: 'module' },
      {
        'index.js': `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); const __dirname = 'own'; export const own = __dirname + require('node:os').EOL;`,
      },
    );
    writeMain(
      `import { where, os } from 'old-style'; import { own } from 'own-require';
       console.log(JSON.stringify([where, os, own]));`,
      { 'types.d.ts': `declare module 'old-style'; declare module 'own-require';` },
    );

    const packages = ['old-style', 'own-require'];
    await build({ packages, include: packages });

    expect(JSON.parse(await runMain())).toEqual([`${workspace.root}/${OUTPUT}`, '\n', 'own\n']);
  });

  it('says where a syntax error is, with the code around it', async () => {
    writeMain(`@sealed\nclass A {\n  run( { }\n}`);

    const error = (await build().catch((caught: unknown) => caught)) as BundleError;

    expect(error).toBeInstanceOf(BundleError);
    const text = await error.format(false);
    expect(text).toContain('apps/mailer/src/main.ts:4:0:');
    expect(text).toContain('4 │ }');
  });

  it('says which import leads nowhere', async () => {
    writeMain(`import './missing';`);

    const error = (await build().catch((caught: unknown) => caught)) as BundleError;

    expect(await error.format(false)).toContain('Could not resolve "./missing"');
  });
});

describe('npm packages', () => {
  it('with native code stay outside, and are listed with their exact version', async () => {
    writeMain(`import sharp from 'sharp'; console.log(typeof sharp);`);
    const allowScripts = { sharp: true, '@img/colour@1.0.0': false, nodemailer: true };
    workspace.writeJson('package.json', {
      ...(workspace.readJson('package.json') as object),
      allowScripts,
    });

    await build({ packages: ['sharp'] });

    const { version } = workspace.readJson('node_modules/sharp/package.json') as {
      version: string;
    };
    expect(workspace.readJson(`${OUTPUT}/package.json`)).toMatchObject({
      type: 'module',
      private: true,
      dependencies: { sharp: version },
      scripts: { start: 'exec node --enable-source-maps main.js' },
    });
    // What the workspace has decided about the packages that are installed there.
    const decided = { sharp: true, '@img/colour@1.0.0': false };
    expect(workspace.readJson(`${OUTPUT}/package.json`)).toHaveProperty('allowScripts', decided);
    expect(load(workspace.read(`${OUTPUT}/pnpm-workspace.yaml`))).toEqual({ allowBuilds: decided });
    expect(await runMain()).toBe('function');

    // Nothing is installed, but npm checks the lockfile against the package.json, for all platforms.
    const flags = ['--prefix', OUTPUT, '--dry-run', '--offline', '--omit=dev'];
    const { code, output } = await workspace.run('npm', ['ci', ...flags]);
    expect([code, output]).toEqual([0, expect.stringContaining('@img/sharp')]);
  });

  it('that are not native are bundled, and not listed', async () => {
    writeMain(
      `import nodemailer from 'nodemailer'; console.log(typeof nodemailer.createTransport);`,
    );

    await build({ packages: ['nodemailer'] });

    expect(workspace.readJson(`${OUTPUT}/package.json`)).toMatchObject({ dependencies: {} });
    workspace.delete('node_modules');
    expect(await runMain()).toBe('function');
  });

  it('stay outside when the options say so', async () => {
    workspace.install('fonts', {}, { 'index.js': `module.exports = 'fonts';` });
    writeMain(`import fonts from 'fonts'; console.log(fonts);`);

    await build({ packages: ['fonts'], external: ['fonts'] });

    expect(workspace.readJson(`${OUTPUT}/package.json`)).toMatchObject({
      dependencies: { fonts: '1.0.0' },
    });
    expect(await runMain()).toBe('fonts');
  });

  it('are one instance, whether imported or required', async () => {
    workspace.install(
      'dual-package',
      { exports: { import: './index.mjs', require: './index.cjs' } },
      { 'index.mjs': `export const token = {};`, 'index.cjs': `exports.token = {};` },
    );
    workspace.install(
      'old-style',
      { dependencies: { 'dual-package': '1' } },
      {
        'index.js': `exports.token = require('dual-package').token;`,
      },
    );
    writeMain(
      `import * as a from 'dual-package'; import * as b from 'old-style'; console.log(a.token === b.token);`,
    );

    await build({ packages: ['dual-package', 'old-style'] });

    expect(await runMain()).toBe('true');
  });
});

describe('an optional package', () => {
  const tryOptional = `let found = false; try { const load = () => require('extra'); load(); found = true; } catch (error) { found = error.code; } module.exports = found;`;

  beforeEach(() => {
    workspace.install('extra', {}, { 'index.js': `module.exports = 'extra';` });
    workspace.install(
      'host',
      { peerDependencies: { extra: '1' }, peerDependenciesMeta: { extra: { optional: true } } },
      { 'index.js': tryOptional },
    );
  });

  it('is left out though it is installed, and cannot be found at run time', async () => {
    writeMain(`import found from 'host'; console.log(found);`);

    const { leftOut } = await build({ packages: ['host'] });

    expect(leftOut).toEqual([{ name: 'extra', requiredBy: 'host' }]);
    expect(await runMain()).toBe('MODULE_NOT_FOUND');
  });

  it('is bundled when a file of the application imports it', async () => {
    writeMain(`import found from 'host'; import extra from 'extra'; console.log(found, extra);`);

    await build({ packages: ['host', 'extra'] });

    expect(await runMain()).toBe('true extra');
  });

  it('is bundled when a file of the application imports its types', async () => {
    workspace.write({ 'node_modules/extra/index.d.ts': `export interface Extra { a: string }` });
    writeMain(
      `import found from 'host'; import type { Extra } from 'extra'; console.log(found, {} as Extra);`,
    );

    await build({ packages: ['host', 'extra'] });

    expect(await runMain()).toBe('true {}');
  });

  it('is bundled when another package needs it', async () => {
    workspace.install(
      'user',
      { dependencies: { extra: '1' } },
      {
        'index.js': `module.exports = require('extra');`,
      },
    );
    writeMain(`import found from 'host'; import user from 'user'; console.log(found, user);`);

    await build({ packages: ['host', 'user'] });

    expect(await runMain()).toBe('true extra');
  });

  it('is bundled when the options say so', async () => {
    writeMain(`import found from 'host'; console.log(found);`);

    await build({ packages: ['host'], include: ['extra'] });

    expect(await runMain()).toBe('true');
  });
});
