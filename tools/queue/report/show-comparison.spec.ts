import { stop as stopEsbuild } from 'esbuild';
import { buildApp } from '../builder/build-app';
import { FixtureWorkspace, projectGraph } from '../testing/fixture-workspace';
import { runExecutor } from '../testing/run-executor';
import reportExecutor from './report.executor';

jest.setTimeout(120_000);
afterAll(() => stopEsbuild());

const SHOP = 'apps/shop';
const COMPARISON = 'dist/reports/shop/compare.md';

describe('nx run <application>:report --compare', () => {
  let workspace: FixtureWorkspace;
  const graph = projectGraph({
    shop: { root: SHOP, dependsOn: ['npm:nodemailer', 'npm:semver', 'npm:tslib'] },
  });

  beforeAll(async () => {
    workspace = new FixtureWorkspace({
      '.gitignore': 'node_modules\ndist\n.nx\n',
      'nx.json': '{ "plugins": [] }',
      [`${SHOP}/src/main.ts`]: `import { valid } from 'semver';\nconsole.log(valid('1.0.0'));\n`,
    });
    // Without minification the code names the path of every package.
    const build = { executor: '@tools/queue:build', options: { minify: false, maxSize: '1 B' } };
    workspace.writeJson(`${SHOP}/project.json`, {
      name: 'shop',
      projectType: 'application',
      targets: { build },
    });
    workspace.declare({ semver: '*', tslib: '*', nodemailer: '*' });
    await workspace.commit();
  });
  afterAll(() => {
    workspace.remove();
  });

  async function compare(base: string) {
    await buildApp(workspace.settings('shop', SHOP, { minify: false }), graph);
    return runExecutor(
      reportExecutor,
      { compare: base },
      { root: workspace.root, projectName: 'shop', projectGraph: graph },
    );
  }

  it('finds no change in sources that are the same, to the byte', async () => {
    const { success, output } = await compare('HEAD');
    expect(output).toMatch(
      /^\*\*The bundle of shop\*\* has not changed since `HEAD` \([\da-f]{7}\): [\d.]+ kB\.\n$/,
    );
    expect(success).toBe(true);
  });

  it('prints a table of what has changed, writes it to a file, and says that the lockfile has changed', async () => {
    workspace.write({
      [`${SHOP}/src/main.ts`]: `import { valid } from 'semver';\nimport { __assign } from 'tslib';\nconsole.log(valid('1.0.0'), __assign);\n`,
      'package-lock.json': `${workspace.read('package-lock.json')}\n`,
    });
    const { success, output, errors } = await compare('main');

    expect(success).toBe(true);
    expect(output).toMatch(/^\| all files \| .+ kB \| .+ kB \| \+.+ \(\+.+ %\) \|$/m);
    expect(output).toMatch(/^\| `tslib` \| {2}\| .+ B \| new \|$/m);
    expect(output).not.toContain('`semver`');
    expect(output).toContain('The lockfile has changed.');
    expect(workspace.read(COMPARISON)).toBe(output);
    expect(errors).toBe(`Wrote ${COMPARISON}\n`);
  });

  it('says in a sentence that the application is new, or could not be bundled then', async () => {
    const main = workspace.read(`${SHOP}/src/main.ts`);
    const project = workspace.read(`${SHOP}/project.json`);
    workspace.write({ [`${SHOP}/src/main.ts`]: `import './nowhere';\n` });
    await workspace.commit();
    workspace.delete(`${SHOP}/project.json`);
    await workspace.commit();
    workspace.write({ [`${SHOP}/src/main.ts`]: main, [`${SHOP}/project.json`]: project });

    const added = await compare('main');
    expect(added.success).toBe(true);
    expect(added.output).toMatch(
      /^\*\*The bundle of shop\*\* is new: [\d.]+ kB\. At `main` \([\da-f]{7}\) there was no such application, or this plugin did not build it\.\n$/,
    );

    const broken = await compare('main~1');
    expect(broken.success).toBe(false);
    expect(broken.output).toContain(
      'cannot be bundled: apps/shop/src/main.ts:1 Could not resolve "./nowhere"',
    );
  });

  it('says in a sentence that git does not know the commit', async () => {
    const { success, output, errors } = await compare('nowhere');
    expect(success).toBe(false);
    expect(output).toBe('');
    expect(errors).toMatch(/^git cannot read "nowhere": .*--compare=<commit, branch or tag>\..*$/m);
  });
});
