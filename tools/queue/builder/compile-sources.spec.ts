import { stop as stopEsbuild } from 'esbuild';
import { BundleError } from '../bundle/bundle.error';
import { FixtureWorkspace, projectGraph } from '../testing/fixture-workspace';
import { installJsxPackages } from '../testing/jsx-packages';
import { buildApp } from './build-app';

const ROOT = 'apps/mailer';

let workspace: FixtureWorkspace;
beforeEach(() => {
  workspace = new FixtureWorkspace();
  workspace.paths({ '@fixture/mails': ['./libs/mails/src/welcome.tsx'] });
  installJsxPackages(workspace);
  workspace.declare({ react: '*', preact: '*' });
  setTsconfig({});
});
afterEach(() => {
  workspace.remove();
});
afterAll(() => stopEsbuild());

function setTsconfig(compilerOptions: object, root = ROOT): void {
  workspace.writeJson(`${root}/tsconfig.json`, {
    extends: '../../tsconfig.base.json',
    compilerOptions,
  });
}

function write(files: Record<string, string>): void {
  workspace.write(
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`${ROOT}/src/${path}`, text])),
  );
}

/** Builds and runs the application; `packages` are those that Nx finds an import of. */
async function buildAndRun(...packages: string[]): Promise<string> {
  await build(packages);
  const { output } = await workspace.node(`dist/${ROOT}/main.js`);
  return output.trim();
}

async function build(packages: string[] = []) {
  const graph = projectGraph({
    mailer: { root: ROOT, dependsOn: ['mails', ...packages.map((name) => `npm:${name}`)] },
    mails: { root: 'libs/mails' },
  });
  return buildApp(workspace.settings('mailer', ROOT), graph);
}

async function problemsOf(built: Promise<unknown>): Promise<string> {
  const error = await built.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(BundleError);
  return (error as BundleError).format(false);
}

/** Decorators that tell what they saw; no package is needed. */
const DECORATORS = `
Reflect.metadata ??= (key, value) => (target, name) => { console.log(key, value?.name ?? value?.map?.(({ name }) => name)); };
export const Injectable = () => (target) => target;
`;

/** A template as people write it: with a tag of JSDoc, and CSS that has rules with an @. */
const TEMPLATE = `
const css = \`
  @media (max-width: 600px) { p { margin: 0 } }
\`;
/**
 * @param name who is welcomed
 */
export const welcome = (name: string) => <p title={css}>Hi {name}, mail us @ home or a@example.com</p>;
`;

describe('a mail template in JSX', () => {
  it('is compiled for the package that tsconfig names, with tags in comments and rules in CSS', async () => {
    write({
      'main.ts': `import { welcome } from './welcome'; console.log(welcome('Ada'));`,
      'welcome.tsx': TEMPLATE,
    });
    const text = '<p>Hi Ada, mail us @ home or a@example.com</p>';

    setTsconfig({ jsx: 'react-jsx' });
    expect(await buildAndRun()).toBe(`react:${text}`);
    setTsconfig({ jsx: 'react-jsx', jsxImportSource: 'preact' });
    expect(await buildAndRun()).toBe(`preact:${text}`);
    setTsconfig({ jsx: 'react-jsxdev' });
    expect(await buildAndRun()).toBe(`dev:${text}`);
    setTsconfig({ jsx: 'preserve' });
    expect(await buildAndRun()).toBe(`react:${text}`);
    setTsconfig({});
    expect(await buildAndRun()).toBe(`react:${text}`);
  });

  it('is compiled alike where the file has a decorated class too', async () => {
    write({
      'decorators.ts': DECORATORS,
      'main.tsx': `
        import { Injectable } from './decorators';
        class Names { first = 'Ada'; }
        @Injectable() class Mails { constructor(readonly names: Names) {} welcome() { return <p>Hi {this.names.first}</p>; } }
        console.log(new Mails(new Names()).welcome());
      `,
      'main.ts': `import './main.tsx';`,
    });

    const metadata = `design:paramtypes [ 'Names' ]\ndesign:type Function\n`;

    setTsconfig({ jsx: 'react-jsx' });
    expect(await buildAndRun()).toBe(`${metadata}react:<p>Hi Ada</p>`);
    setTsconfig({ jsx: 'react-jsx', jsxImportSource: 'preact' });
    expect(await buildAndRun()).toBe(`${metadata}preact:<p>Hi Ada</p>`);
  });

  it('calls the factory that tsconfig or the file names, which the file imports', async () => {
    const template = `import { h } from 'preact'; export const welcome = () => <p>Hi</p>;`;
    const decorated = `import { h } from 'preact'; import { Injectable } from './decorators'; @Injectable() export class Mails { welcome = () => <b>Hi</b>; }`;
    write({
      'decorators.ts': DECORATORS,
      'main.ts': `import { welcome } from './welcome'; import { Mails } from './mails'; import { other } from './other'; console.log(welcome(), new Mails().welcome(), other());`,
      'welcome.tsx': template,
      'mails.tsx': decorated,
      'other.tsx': `/** @jsxRuntime automatic */\n/** @jsxImportSource preact */\nexport const other = () => <i>Hi</i>;`,
    });

    setTsconfig({ jsx: 'react', jsxFactory: 'h' });

    expect(await buildAndRun('preact')).toBe('h:<p>Hi</p> h:<b>Hi</b> preact:<i>Hi</i>');
  });

  it('of a library follows the tsconfig of the library, or else that of the application', async () => {
    write({
      'main.ts': `import { welcome } from '@fixture/mails'; console.log(welcome());`,
    });
    workspace.write({ 'libs/mails/src/welcome.tsx': `export const welcome = () => <p>Hi</p>;` });

    setTsconfig({ jsx: 'react-jsx', jsxImportSource: 'preact' });
    expect(await buildAndRun()).toBe('preact:<p>Hi</p>');
    setTsconfig({ jsx: 'react-jsx' }, 'libs/mails');
    expect(await buildAndRun()).toBe('react:<p>Hi</p>');
  });

  it('needs its package declared, though no import of it is written', async () => {
    const manifest = workspace.readJson('package.json') as { dependencies: Record<string, string> };
    delete manifest.dependencies['react'];
    workspace.writeJson('package.json', manifest);
    write({ 'main.ts': `import './welcome';`, 'welcome.tsx': `console.log(<p>Hi</p>);` });

    await expect(build()).rejects.toThrow(
      /imports the package "react", which no package.json declares/,
    );
  });
});

describe('options of tsconfig that change what a program does', () => {
  it('are kept to with decorators and without', async () => {
    const fields = `class Base { set name(value: string) { console.log('set', value); } }`;
    write({
      'decorators.ts': DECORATORS,
      'main.ts': `import './plain'; import './decorated';`,
      'plain.ts': `${fields} class A extends Base { override name = 'plain'; } new A();`,
      'decorated.ts': `import { Injectable } from './decorators'; ${fields} @Injectable() class A extends Base { override name = 'decorated'; } new A();`,
    });

    expect(await buildAndRun()).toBe('');
    setTsconfig({ useDefineForClassFields: false });
    expect(await buildAndRun()).toBe('set plain\nset decorated');
    setTsconfig({ target: 'es2021' });
    expect(await buildAndRun()).toBe('set plain\nset decorated');
  });

  it('decide on the kind of decorators', async () => {
    write({
      'main.ts': `const mark = (...args: unknown[]) => { console.log(args.length, typeof args[1]); };\n@mark class A {}\nnew A();`,
    });

    expect(await buildAndRun()).toBe('1 undefined');
    setTsconfig({ experimentalDecorators: false, emitDecoratorMetadata: false });
    expect(await buildAndRun()).toBe('2 object');
  });
});

describe('an error in a file with decorators', () => {
  it('shows the line of the source, as it was written', async () => {
    write({
      'decorators.ts': DECORATORS,
      'main.ts': `import { Injectable } from './decorators';
interface Removed { a: string }

import { missing } from './missing';
@Injectable()
class Mailer { private readonly ä = 'ä' + missing; }
new Mailer();
`,
    });

    const text = await problemsOf(build());

    expect(text).toContain('apps/mailer/src/main.ts:4:24:');
    expect(text).toMatch(/4 │ import { missing } from '\.\/missing';\n +╵ {25}~{11}/);
  });

  it('shows the same inside of a line, for a name that is not exported and for a package that is not there', async () => {
    write({
      'decorators.ts': DECORATORS,
      'main.ts': `import { Injectable } from './decorators';
import { twice } from './decorators';
@Injectable() class Mailer { load = () => { const text = 'ä'; return import('not-installed').then(() => text); } }
twice(new Mailer());
`,
    });

    const unknown = await problemsOf(build());
    expect(unknown).toContain('apps/mailer/src/main.ts:2:9:');
    expect(unknown).toContain(`2 │ import { twice } from './decorators';`);

    workspace.write({
      [`${ROOT}/src/decorators.ts`]: `${DECORATORS} export const twice = console.log;`,
    });
    const missing = await problemsOf(build());
    expect(missing).toContain('apps/mailer/src/main.ts:3:77:');
    expect(missing).toMatch(/│ .*t text = 'ä'; return import\('not-installed'\)/);
  });

  it('is a syntax error in JSX at its place too', async () => {
    write({
      'decorators.ts': DECORATORS,
      'main.ts': `import './mail';`,
      'mail.tsx': `import { Injectable } from './decorators';\n@Injectable() class Mail { text = <p>Hi</b>; constructor(@Injectable() a: string) {} }`,
    });

    const text = await problemsOf(build());

    expect(text).toContain('apps/mailer/src/mail.tsx:2:41:');
    expect(text).toContain('closing "b" tag');
  });
});

it('a warning about a file with decorators shows the line of the source', async () => {
  write({
    'decorators.ts': DECORATORS,
    'main.ts': `import { Injectable } from './decorators';\ninterface Removed { a: string }\n\n@Injectable() class A { isNone = (n: number) => n === NaN; }\nnew A();`,
  });
  const printed: string[] = [];
  const stderr = jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });

  await build();
  stderr.mockRestore();

  expect(printed.join('')).toContain('apps/mailer/src/main.ts:4:50:');
});
