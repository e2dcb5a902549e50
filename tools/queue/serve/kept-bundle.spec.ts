import { FixtureWorkspace } from '../testing/fixture-workspace';
import { KeptBundle, type ServedBundle } from './kept-bundle';

const SOURCE = 'apps/app/src/main.ts';

let workspace: FixtureWorkspace;
beforeEach(() => {
  workspace = new FixtureWorkspace({
    [SOURCE]: 'console.log(1);',
    'apps/app/tsconfig.json': '{}',
    'nx.json': '{}',
    'apps/app/src/template.txt': 'Hello',
  });
});
afterEach(() => {
  workspace.remove();
});

/** Each serve has an output folder of its own. */
function kept(serve: string, options = {}): KeptBundle {
  const settings = workspace.settings('app', 'apps/app', options);
  const folder = `${workspace.root}/dist/serve/app`;
  return new KeptBundle(folder, { ...settings, outputPath: `${folder}/${serve}` });
}

function bundleIn(serve: string): ServedBundle {
  const path = `${workspace.root}/dist/serve/app/${serve}/main.js`;
  return {
    files: [{ path, contents: Buffer.from('console.log(1);'), hash: 'abc' }],
    used: [SOURCE, 'apps/app/src/template.txt'],
    imports: 'main.ts pg',
  };
}

it('has the files of the last serve, in the output folder of this one', () => {
  kept('1').write(bundleIn('1'));
  expect(kept('2').read()).toEqual(bundleIn('2'));
});

it('has nothing before the first serve', () => {
  expect(kept('1').read()).toBeUndefined();
});

const CHANGES: [string, Record<string, string>][] = [
  ['a source', { [SOURCE]: 'console.log(2);' }],
  ['a file that a source reads', { 'apps/app/src/template.txt': 'Good morning' }],
  ['the tsconfig', { 'apps/app/tsconfig.json': '{ "extends": "./other" }' }],
  ['a version in the lockfile', { 'package-lock.json': '{}' }],
  ['nx.json', { 'nx.json': '{ "sync": {} }' }],
  ['the jobs that there are', { 'libs/jobs/src/mail.job.ts': '' }],
  ['the last file, by half', { 'dist/serve/app/bundle.json': '{"made":' }],
];

it.each(CHANGES)('has nothing if this has changed: %s', (_, files) => {
  kept('1').write(bundleIn('1'));
  workspace.write(files);
  expect(kept('2').read()).toBeUndefined();
});

it('has nothing if the options of the build are others', () => {
  kept('1').write(bundleIn('1'));
  expect(kept('2', { define: { VERSION: '2' } }).read()).toBeUndefined();
});
