import { stop as stopEsbuild } from 'esbuild';
import { buildApp } from '../builder/build-app';
import { FixtureWorkspace, projectGraph } from '../testing/fixture-workspace';
import { runJest, useJest } from '../testing/jest-run';
import { installJsxPackages } from '../testing/jsx-packages';

const ROOT = 'apps/mailer';

interface Case {
  /** Below `src/<name>/`; `result.ts` or `result.tsx` exports `result`. */
  files: Record<string, string>;
  result: unknown;
}

const DECORATORS = `
  import 'reflect-metadata';
  export const Entity = () => (target: unknown) => {};
  export const Column = (type?: () => unknown) => (target: any, name: string) => { (target.types ??= {})[name] = type; };
  export const typeOf = (target: any, name: string) => Reflect.getMetadata('design:type', target.prototype, name)?.name;
`;

const CASES: Record<string, Case> = {
  'a package that is an ES module, and its own imports of ES modules, CommonJS and JSON': {
    files: {
      'result.ts': `import limit, { names, version } from 'esm-only'; export const result = [limit(2), names, version];`,
    },
    result: [4, { flagged: ['object', 'default'], esm: 'other', inner: 'inner' }, '1.0.0'],
  },
  'a package that only import finds, and one in .mjs': {
    files: {
      'result.ts': `import only from 'import-only'; import * as mjs from 'in-mjs'; export const result = [only, mjs.name, mjs.default];`,
    },
    result: ['import only', 'mjs', 'default of mjs'],
  },
  'an import() of an ES module, by the workspace and by a CommonJS package': {
    files: {
      'result.ts': `import { lazy } from 'lazy-cjs'; export const result = Promise.all([lazy(), import('esm-only').then(({ default: limit }) => limit(4)), import('./other').then(({ other }) => other)]);`,
      'other.ts': `export const other = 'other file';`,
    },
    result: [6, 8, 'other file'],
  },
  'a dual package, imported and required': {
    files: {
      'result.ts': `import { token } from 'dual'; import { token as other } from 'requires-dual'; export const result = token === other;`,
    },
    result: true,
  },
  'two entities that know each other': {
    files: {
      'result.ts': `import { Author } from './author'; import { Book } from './book'; import { typeOf } from '../decorators'; export const result = [new Author().types.books().name, new Book().types.author().name, typeOf(Book, 'author'), typeOf(Author, 'best')];`,
      'author.ts': `import { Book } from './book'; import { Column, Entity } from '../decorators'; @Entity() export class Author { declare types: any; @Column(() => Book) books!: Book[]; @Column(() => Book) best!: Book; }`,
      'book.ts': `import { Author } from './author'; import { Column, Entity } from '../decorators'; @Entity() export class Book { declare types: any; @Column(() => Author) author!: Author; }`,
    },
    result: ['Book', 'Author', 'Object', 'Book'],
  },
  'entities that know each other by a barrel, and in one file': {
    files: {
      'result.ts': `import { Post, Reader } from './index'; export const result = [new Post().types.reader().name, new Reader().types.post().name, new Reader().types.self().name];`,
      'index.ts': `export * from './kinds'; export { Post } from './post'; export { Reader, type Hidden } from './reader';`,
      'kinds.ts': `export enum Kind { A = 1 }`,
      'post.ts': `import { Reader, Kind } from './index'; import { Column, Entity } from '../decorators'; @Entity() export class Post { declare types: any; @Column(() => Reader) reader!: Reader; @Column() kind = Kind.A; }`,
      'reader.ts': `import { Post } from './index'; import { Column, Entity } from '../decorators'; export type Hidden = string; @Entity() export class Reader { declare types: any; @Column(() => Post) post!: Post; @Column(() => Later) self!: Later; } @Entity() class Later {}`,
    },
    result: ['Reader', 'Post', 'Later'],
  },
  'what is read before it is there': {
    files: {
      'result.ts': `import { first } from './first'; export const result = first;`,
      'first.ts': `import { second } from './second'; export const first: unknown = ['first', second]; export const value = 1; export class Plain {}`,
      'second.ts': `import * as all from './first'; import { value, Plain } from './first'; export const second = [typeof value, typeof Plain, Object.keys(all).length]; `,
    },
    result: ['first', ['undefined', 'undefined', 3]],
  },
  'exports that come from each other': {
    files: {
      'result.ts': `import * as a from './a'; export const result = [a.fromA(), a.fromB(), Object.keys(a).sort()];`,
      'a.ts': `export * from './b'; import { fromB } from './b'; export const fromA = () => 'a' + fromB();`,
      'b.ts': `export * from './a'; import { fromA } from './a'; export const fromB = () => 'b' + typeof fromA;`,
    },
    result: ['abfunction', 'bfunction', ['fromA', 'fromB']],
  },
  'CommonJS packages with and without __esModule, with a class and with what it inherits': {
    files: {
      'result.ts': `
        import flagged, { name } from 'flagged-cjs'; import * as all from 'flagged-cjs';
        import plain, { named } from 'plain-cjs'; import * as plainAll from 'plain-cjs';
        import Limiter, { create } from 'class-cjs'; import * as limiter from 'class-cjs';
        import * as heir from 'heir-cjs'; import * as path from 'node:path'; import os from 'node:os';
        export * from 'plain-cjs';
        import * as self from './result';
        export const result = [flagged, name, all.default, plain.named, named, (plainAll as any).default.named, create(), limiter.create(), new Limiter().kind,
          heir.inherited(), typeof (path as any).default.join, typeof os.EOL, (self as any).named];
      `,
    },
    result: [
      'default',
      'name',
      'default',
      'named',
      'named',
      'named',
      'created',
      'created',
      'limiter',
      'inherited',
      'function',
      'string',
      'named',
    ],
  },
  'fields, parameter properties and setters': {
    files: {
      'result.ts': `
        import { Entity } from '../decorators';
        const order: string[] = [];
        class Base { set hidden(value: string) { order.push('set ' + value); } constructor() { order.push('base'); } }
        @Entity() class A extends Base { first = order.push('first ' + this.given); declare types: any; override hidden = 'value'; static kind = order.push('static'); constructor(private readonly given: string) { super(); order.push('own'); } }
        const a = new A('given');
        export const result = [order, Object.keys(a), A.name];
      `,
    },
    result: [['static', 'base', 'first undefined', 'own'], ['given', 'first', 'hidden'], 'A'],
  },
  'enums, also constant ones, and JSON': {
    files: {
      'result.ts': `import { E, C } from './enums'; import data, { key } from './data.json'; import * as all from './data.json'; import again from './data.json' with { type: 'json' }; export const result = [E.B, E[2], C.X, data, key, all.key, again.key];`,
      'enums.ts': `export enum E { A = 1, B } export const enum C { X = 'x' }`,
      'data.json': `{ "key": "value", "list": [1] }`,
    },
    result: [2, 'B', 'x', { key: 'value', list: [1] }, 'value', 'value', 'value'],
  },
  'a mail template in JSX': {
    files: {
      'result.tsx': `/** @param none */ const mail = (name: string) => <p>Hi {name}, a@example.com</p>; export const result = mail('Ada');`,
    },
    result: 'preact:<p>Hi Ada, a@example.com</p>',
  },
  'names that only CommonJS has, used for something else': {
    files: {
      'result.ts': `const exports = ['mine']; const module = { exports: 'own' }; const require = (name: string) => name; const load = require; export const result = [exports, module.exports, load('name'), typeof import.meta.url];`,
    },
    result: [['mine'], 'own', 'name', 'string'],
  },
};

const names = Object.keys(CASES);
const folderOf = (name: string) => `case-${names.indexOf(name)}`;

function installPackages(workspace: FixtureWorkspace): void {
  installJsxPackages(workspace);
  const esm = { type: 'module' };
  workspace.install(
    'esm-only',
    {
      ...esm,
      exports: { '.': { default: './index.js' } },
      imports: { '#inner': './inner.js' },
      dependencies: { 'flagged-cjs': '*', 'esm-other': '*' },
    },
    {
      'index.js': `#!/usr/bin/env node
import flagged from 'flagged-cjs';
import other from 'esm-other';
import { inner } from '#inner';
import manifest from './data.json' with { type: 'json' };
export default function limit(n) { return n * 2; }
export const names = { flagged: [typeof flagged, flagged.default], esm: other, inner };
export const { version } = manifest;`,
      'inner.js': `export const inner = 'inner';`,
      'data.json': `{ "version": "1.0.0" }`,
    },
  );
  workspace.install(
    'esm-other',
    { ...esm, exports: './index.js' },
    { 'index.js': `const other = 'other'; export { other as default };` },
  );
  workspace.install(
    'import-only',
    { exports: { import: './esm/index.js' } },
    { 'esm/package.json': '{ "type": "module" }', 'esm/index.js': `export default 'import only';` },
  );
  workspace.install(
    'in-mjs',
    { main: 'index.mjs' },
    { 'index.mjs': `export const name = 'mjs'; export default 'default of mjs';` },
  );
  workspace.install(
    'lazy-cjs',
    { dependencies: { 'esm-only': '*' } },
    {
      'index.js': `'use strict'\nexports.lazy = async () => (await import('esm-only')).default(3);`,
    },
  );
  workspace.install(
    'dual',
    { exports: { import: './index.mjs', require: './index.cjs' } },
    { 'index.mjs': `export const token = {};`, 'index.cjs': `exports.token = {};` },
  );
  workspace.install(
    'requires-dual',
    { dependencies: { dual: '*' } },
    { 'index.js': `exports.token = require('dual').token;` },
  );
  workspace.install(
    'flagged-cjs',
    {},
    {
      'index.js': `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = 'default'; exports.name = 'name';`,
    },
  );
  workspace.install('plain-cjs', {}, { 'index.js': `module.exports = { named: 'named' };` });
  workspace.install(
    'class-cjs',
    {},
    {
      'index.js': `module.exports = class Limiter { kind = 'limiter'; static create() { return 'created'; } };`,
    },
  );
  workspace.install(
    'heir-cjs',
    {},
    {
      'index.js': `class Heir { inherited() { return 'inherited'; } } module.exports = new Heir();`,
    },
  );
}

afterAll(() => stopEsbuild());

describe('a spec sees what the bundle does:', () => {
  let workspace: FixtureWorkspace;
  let built: Record<string, unknown>;
  let tested: Record<string, unknown>;

  beforeAll(async () => {
    workspace = new FixtureWorkspace({ [`${ROOT}/src/decorators.ts`]: DECORATORS });
    workspace.writeJson(`${ROOT}/tsconfig.json`, {
      extends: '../../tsconfig.base.json',
      compilerOptions: { jsx: 'react-jsx', jsxImportSource: 'preact' },
    });
    installPackages(workspace);
    for (const [name, { files }] of Object.entries(CASES)) {
      for (const [file, text] of Object.entries(files)) {
        workspace.write({ [`${ROOT}/src/${folderOf(name)}/${file}`]: text });
      }
    }
    workspace.write({
      [`${ROOT}/src/results.ts`]: `
        ${names.map((name, index) => `import { result as result${index} } from './${folderOf(name)}/result';`).join('\n')}
        export const results = async () => JSON.stringify(await Promise.all([${names.map((_, index) => `result${index}`).join()}]));
      `,
      [`${ROOT}/src/main.ts`]: `import { results } from './results'; void results().then((text) => console.log(text));`,
      [`${ROOT}/src/results.spec.tsx`]: `
        import { writeFileSync } from 'node:fs';
        import { results } from './results';
        it('has results', async () => { writeFileSync('results.json', await results()); });
      `,
    });
    useJest(workspace, ROOT);
    built = await readBundle(workspace);
    tested = await readSpec(workspace);
  });
  afterAll(() => {
    workspace.remove();
  });

  it.each(names)('%s', (name) => {
    expect({ built: built[name], tested: tested[name] }).toEqual({
      built: CASES[name]?.result,
      tested: CASES[name]?.result,
    });
  });
});

describe('what a spec cannot load', () => {
  let workspace: FixtureWorkspace;
  beforeEach(() => {
    workspace = new FixtureWorkspace();
    useJest(workspace, ROOT);
  });
  afterEach(() => {
    workspace.remove();
  });

  it('is named with its line, and with what to write instead', async () => {
    workspace.write({
      [`${ROOT}/src/template.ts`]: `interface Removed { a: string }\nconst later = async () => { await later(); };\nexport const template = await Promise.resolve('Hi');`,
      [`${ROOT}/src/template.spec.ts`]: `import { template } from './template'; it('is there', () => { expect(template).toBe('Hi'); });`,
    });

    const { code, output } = await runJest(workspace, ROOT);

    expect(code).toBe(1);
    expect(output).toContain(`${ROOT}/src/template.ts:3:25 waits at the top level of a module.`);
    expect(output).toContain(`3 │ export const template = await Promise.resolve('Hi');`);
    expect(output).toContain('Move it into a function');
  });

  it('is named where a package does it', async () => {
    workspace.install(
      'waits',
      { type: 'module', exports: './index.js' },
      { 'index.js': `export const one = 1;\nawait 0;` },
    );
    workspace.write({
      [`${ROOT}/src/waits.spec.ts`]: `import { one } from 'waits'; it('is there', () => { expect(one).toBe(1); });`,
    });

    const { code, output } = await runJest(workspace, ROOT);

    expect(code).toBe(1);
    expect(output).toContain('node_modules/waits/index.js:2:1 waits at the top level of a module.');
    expect(output).toContain('jest.mock(name, factory)');
  });
});

it('an error in a spec shows the line of the source: one that is thrown, an import that leads nowhere, a syntax error', async () => {
  const workspace = new FixtureWorkspace();
  useJest(workspace, ROOT);
  const head = `const mark = (type: unknown) => type;\ninterface Removed { a: string }\n\n`;
  workspace.write({
    [`${ROOT}/src/mail.tsx`]: `interface Removed { a: string }\n\nexport class Mail {\n  send() { throw new Error('not sent'); }\n}`,
    [`${ROOT}/src/mail.spec.ts`]: `import { Mail } from './mail'; jest.mock('node:os'); it('fails', () => { new Mail().send(); });`,
    [`${ROOT}/src/missing.ts`]: `${head}import { text } from './not-there';\n@mark\nexport class Missing { text = text; }\n\n\n\n\n`,
    [`${ROOT}/src/missing.spec.ts`]: `import { Missing } from './missing'; it('is there', () => { new Missing(); });`,
    [`${ROOT}/src/broken.ts`]: `${head}@mark\nexport class Broken { send( { } }\n`,
    [`${ROOT}/src/broken.spec.ts`]: `import { Broken } from './broken'; it('is there', () => { new Broken(); });`,
  });

  const { output } = await runJest(workspace, ROOT);
  workspace.remove();

  expect(output).toMatch(/at Mail\.send \(.*src\/mail\.tsx:4:18\)/);

  expect(output).toContain(`Cannot find module './not-there' from 'src/missing.ts'`);
  expect(output).toMatch(/> 4 \| import \{ text \} from '\.\/not-there';/);
  expect(output).toMatch(/\(src\/missing\.ts:4:22\)/);

  expect(output).toMatch(/-\[.*src\/broken\.ts:5:1\]/);
  expect(output).toContain('5 | export class Broken { send( { } }');
  expect(output).not.toMatch(/backtrace|to-commonjs|compile\.ts/);
});

async function readBundle(workspace: FixtureWorkspace): Promise<Record<string, unknown>> {
  const packages = workspace
    .list('node_modules')
    .filter((name) => /cjs|esm|dual|mjs|import-only/.test(name));
  workspace.declare(
    Object.fromEntries([...packages, 'preact', 'reflect-metadata'].map((name) => [name, '*'])),
  );
  const graph = projectGraph({
    mailer: {
      root: ROOT,
      dependsOn: [...packages, 'reflect-metadata'].map((name) => `npm:${name}`),
    },
  });
  await buildApp(workspace.settings('mailer', ROOT), graph);
  const { output } = await workspace.node(`dist/${ROOT}/main.js`);
  return byName(output);
}

async function readSpec(workspace: FixtureWorkspace): Promise<Record<string, unknown>> {
  const { code, output } = await runJest(workspace, ROOT);
  if (code !== 0) throw new Error(output);
  return byName(workspace.read('results.json'));
}

function byName(json: string): Record<string, unknown> {
  const results = JSON.parse(json) as unknown[];
  return Object.fromEntries(names.map((name, index) => [name, results[index]]));
}
