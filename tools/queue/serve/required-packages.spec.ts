import { FixtureWorkspace } from '../testing/fixture-workspace';
import { ServeSession } from '../testing/serve-session';

const ROOT = 'apps/app';

/** As lodash does it: no name stands in its text as one that it exports. */
const MADE_WHILE_IT_RUNS = `for (const name of ['twice']) exports[name] = (number) => number * 2;`;

let workspace: FixtureWorkspace;
let session: ServeSession | undefined;
beforeEach(() => {
  workspace = new FixtureWorkspace({
    [`${ROOT}/tsconfig.json`]: '{ "extends": "../../tsconfig.base.json" }',
  });
});
afterEach(async () => {
  await session?.stop();
  workspace.remove();
});

it('serve loads a file of a package as the nearest package.json says, as a build does', async () => {
  workspace.install(
    'esm-inside',
    { exports: './dist/esm/index.js' },
    {
      'dist/esm/package.json': '{ "type": "module" }',
      'dist/esm/index.js': `export const late = await Promise.resolve('late');`,
    },
  );
  workspace.install(
    'cjs-inside',
    { type: 'module', exports: { '.': './dist/cjs/index.js', './data.json': './data.json' } },
    {
      'dist/cjs/package.json': '{ "type": "commonjs" }',
      'dist/cjs/index.js': MADE_WHILE_IT_RUNS,
      'data.json': '{ "answer": 42 }',
    },
  );
  workspace.write({
    [`${ROOT}/src/main.ts`]: `
      import { late } from 'esm-inside';
      import { twice } from 'cjs-inside';
      import data from 'cjs-inside/data.json';
      const running = setInterval(() => {}, 1_000);
      process.on('SIGTERM', () => clearInterval(running));
      console.log('app says', late, twice(2), data.answer);
    `,
  });

  session = new ServeSession(workspace, 'app', { projects: { app: { root: ROOT } } });
  expect(await session.next('app says')).toBe('late 4 42');
});
