import { FixtureWorkspace } from '../testing/fixture-workspace';
import { installJsxPackages } from '../testing/jsx-packages';
import { ServeSession } from '../testing/serve-session';

const ROOT = 'apps/app';

let workspace: FixtureWorkspace;
let session: ServeSession | undefined;
beforeEach(() => {
  workspace = new FixtureWorkspace({
    [`${ROOT}/src/main.ts`]: `
      import { Mails } from './mails';
      const running = setInterval(() => {}, 1_000);
      process.on('SIGTERM', () => clearInterval(running));
      console.log('app says', new Mails().welcome());
    `,
    [`${ROOT}/src/decorators.ts`]: 'export const Injectable = () => (target: unknown) => {};',
  });
  installJsxPackages(workspace);
  setTsconfig({ jsx: 'react-jsx' });
});
afterEach(async () => {
  await session?.stop();
  workspace.remove();
});

function setTsconfig(compilerOptions: object): void {
  workspace.writeJson(`${ROOT}/tsconfig.json`, {
    extends: '../../tsconfig.base.json',
    compilerOptions,
  });
}

function writeMails(text: string): void {
  workspace.write({ [`${ROOT}/src/mails.tsx`]: text });
}

function serve(): ServeSession {
  session = new ServeSession(workspace, 'app', { projects: { app: { root: ROOT } } });
  return session;
}

it('serve compiles JSX as tsconfig says, also after that has changed', async () => {
  writeMails(`/** @param none */ export class Mails { welcome = () => <p>Hi, a@example.com</p>; }`);
  const served = serve();
  await served.next('app says react:<p>Hi, a@example.com</p>');

  writeMails(
    `import { Injectable } from './decorators'; @Injectable() export class Mails { welcome = () => <p>Hi again</p>; }`,
  );
  await served.next('app says react:<p>Hi again</p>');

  setTsconfig({ jsx: 'react-jsx', jsxImportSource: 'preact' });
  await served.next('app says preact:<p>Hi again</p>');
});

it('serve shows an error in a file with decorators where it was written, in its own words', async () => {
  writeMails('export class Mails { welcome = () => <p>Hi</p>; }');
  const served = serve();
  await served.next('app says react:<p>Hi</p>');

  writeMails(`import { Injectable } from './decorators';
interface Removed { a: string }

import { text } from './texts';
@Injectable() export class Mails { welcome = () => <p>{text}</p>; }
`);

  await served.next('apps/app/src/mails.tsx:4:21:');
  await served.next(`4 │ import { text } from './texts';`);

  writeMails(`import { Injectable } from './decorators';
@Injectable() export class Mails { constructor(@Injectable() readonly a: string) {} welcome = ; }
`);
  await served.next('Unexpected ";"');
  await served.next('apps/app/src/mails.tsx:2:');
  await served.next('"app" does not compile: one error.');
  expect(served.output).not.toContain('plugin');
});

it('serve takes a package that is called like a file', async () => {
  workspace.install('charts.js', {}, { 'index.js': `exports.draw = () => 'a chart';` });
  writeMails(`import { draw } from 'charts.js'; export class Mails { welcome = () => draw(); }`);
  await serve().next('app says a chart');
});
