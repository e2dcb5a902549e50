import { stop as stopEsbuild } from 'esbuild';
import type { BuildOptions } from '../bundle/build-options';
import { Bundler } from '../bundle/bundler';
import type { FixtureProject } from '../testing/fixture-workspace';
import { FixtureWorkspace, projectGraph } from '../testing/fixture-workspace';
import type { Finding } from './finding';
import { formatFindings } from './format-findings';
import { guard } from './guard';
import { readGuardFacts } from './read-facts';

/** The workspace of these tests: two applications, two libraries, and the parts of the job runtime. */
const PROJECTS: Record<string, FixtureProject> = {
  worker: { root: 'apps/worker', tags: ['queue:worker'], dependsOn: ['mail', 'runtime', 'jobs'] },
  api: { root: 'apps/api', dependsOn: ['runtime'] },
  mail: { root: 'libs/mail', dependsOn: ['npm:postman'] },
  images: { root: 'libs/images' },
  helpers: { root: 'libs/helpers', tags: ['for:tests'] },
  runtime: { root: 'libs/runtime', tags: ['queue:runtime'] },
  jobs: { root: 'libs/jobs', tags: ['queue:jobs'], dependsOn: ['runtime'] },
};

let workspace: FixtureWorkspace;
beforeEach(() => {
  workspace = new FixtureWorkspace({
    'apps/worker/src/main.ts': `import { processors } from './processors.generated'; await processors.email();`,
    'apps/worker/src/processors.generated.ts': `export const processors = { email: () => import('./processors/email/email.processor') };`,
    'apps/worker/src/processors/email/email.processor.ts': `import { send } from '@fixture/mail'; send();`,
    'apps/api/src/main.ts': `import { defineJob } from '@fixture/runtime'; console.log(defineJob);`,
    'apps/api/src/images.service.ts': `export const resize = () => 'resized';`,
    'libs/mail/src/index.ts': `export { send } from './send';`,
    'libs/mail/src/send.ts': `import { post } from 'postman'; export const send = () => post();`,
    'libs/images/src/index.ts': `export const crop = () => 'cropped';`,
    'libs/helpers/src/index.ts': `export const fake = () => 'fake';`,
    'libs/runtime/src/index.ts': `export const defineJob = <T>(job: T): T => job;`,
    'libs/runtime/src/consumer.ts': `export class JobHost {} export const JobProcessor = (_: unknown) => (_: unknown): void => {};`,
    'libs/runtime/src/testing.ts': 'export {};',
  });
  workspace.paths({
    '@fixture/mail': ['./libs/mail/src/index.ts'],
    '@fixture/images': ['./libs/images/src/index.ts'],
    '@fixture/helpers': ['./libs/helpers/src/index.ts'],
    '@fixture/jobs/*': ['./libs/jobs/src/*.job.ts'],
    '@fixture/runtime': ['./libs/runtime/src/index.ts'],
    '@fixture/runtime/*': ['./libs/runtime/src/*.ts'],
  });
  workspace.install('postman', {}, { 'index.js': `exports.post = () => console.log('sent');` });
  workspace.declare({ postman: '1' });
});
afterEach(() => {
  workspace.remove();
});
afterAll(() => stopEsbuild());

interface CheckOptions extends BuildOptions {
  project?: 'worker' | 'api';
  /** Dependencies that the project graph knows of beside those above. */
  knows?: Record<string, string[]>;
}

/** Bundles an application and returns what the guard finds. */
async function check({ project = 'worker', knows = {}, ...options }: CheckOptions = {}) {
  const projects = Object.entries(PROJECTS).map(([name, entry]): [string, FixtureProject] => [
    name,
    { ...entry, dependsOn: [...(entry.dependsOn ?? []), ...(knows[name] ?? [])] },
  ]);
  const { tags } = PROJECTS[project] ?? {};
  const settings = workspace.settings(project, `apps/${project}`, options, tags);
  const bundler = new Bundler(settings);
  try {
    const bundle = await bundler.bundle();
    const facts = readGuardFacts(settings, bundle, projectGraph(Object.fromEntries(projects)));
    return guard(facts).findings;
  } finally {
    await bundler.dispose();
  }
}

function only(findings: readonly Finding[]): Finding {
  expect(findings).toHaveLength(1);
  return findings[0] as Finding;
}

function places(finding: Finding): string[] {
  return finding.chain.map(({ path, line }) => (line === undefined ? path : `${path}:${line}`));
}

function processor(text: string): void {
  workspace.write({ 'apps/worker/src/processors/email/email.processor.ts': text });
}

it('finds nothing in a worker and an api that keep to the rules', async () => {
  expect(await check()).toEqual([]);
  expect(await check({ project: 'api' })).toEqual([]);
});

describe('a file of another project', () => {
  it("may not be an application's, even if the graph knows of it", async () => {
    processor(`\nimport { resize } from '../../../../api/src/images.service';\nresize();`);

    const finding = only(await check({ knows: { worker: ['api'] } }));

    expect(finding.rule).toBe('other-application');
    expect(finding.problem).toContain('a file of the application "api"');
    expect(finding.remedy).toContain('Move the shared code into a library');
    expect(places(finding)).toEqual([
      'apps/worker/src/main.ts:1',
      'apps/worker/src/processors.generated.ts:1',
      'apps/worker/src/processors/email/email.processor.ts:2',
      'apps/api/src/images.service.ts',
    ]);
  });

  it('must be known to the graph, so an import that is hidden from Nx is found', async () => {
    processor(`// nx-ignore-next-line\nimport { crop } from '@fixture/images';\ncrop();`);

    const finding = only(await check());

    expect(finding.rule).toBe('unknown-to-graph');
    expect(finding.problem).toContain('does not know that "worker" depends on "images"');
    expect(finding.remedy).toBe(
      'Delete the comment nx-ignore-next-line above line 2 of apps/worker/src/processors/email/email.processor.ts.',
    );
  });

  it('is no breach when the graph knows of it', async () => {
    processor(`import { crop } from '@fixture/images'; crop();`);
    expect(await check({ knows: { worker: ['images'] } })).toEqual([]);
  });

  it('must be known to the graph for the project that imports it, not for some other one', async () => {
    workspace.write({
      'libs/mail/src/send.ts': `import { crop } from '@fixture/images'; export const send = crop;`,
    });

    const finding = only(await check({ knows: { worker: ['images'] } }));

    expect(finding.problem).toContain('does not know that "mail" depends on "images"');
  });

  it('may not have a tag that says it is not for shipping', async () => {
    processor(`import { fake } from '@fixture/helpers'; fake();`);

    const finding = only(
      await check({ knows: { worker: ['helpers'] }, forbiddenTags: ['for:tests'] }),
    );

    expect(finding.rule).toBe('forbidden-project');
    expect(finding.problem).toContain('tagged for:tests');
  });

  it('is found behind a file that only re-exports it', async () => {
    workspace.write({ 'apps/api/src/index.ts': `export { resize } from './images.service';` });
    processor(`import { resize } from '../../../../api/src/index'; resize();`);
    const finding = only(await check({ knows: { worker: ['api'] } }));
    expect(finding.rule).toBe('other-application');
  });

  it('is known to the graph also behind a file that only re-exports it', async () => {
    workspace.write({
      'libs/images/src/index.ts': `export { crop } from './crop';`,
      'libs/images/src/crop.ts': `export const crop = () => 'cropped';`,
    });
    processor(`// nx-ignore-next-line\nimport { crop } from '@fixture/images';\ncrop();`);
    expect(only(await check()).problem).toContain(
      'does not know that "worker" depends on "images"',
    );
  });

  it('must be in a project', async () => {
    workspace.write({ 'loose.ts': `export const loose = () => 'loose';` });
    processor(`import { loose } from '../../../../../loose'; loose();`);

    expect(only(await check()).problem).toContain('loose.ts, which belongs to no project');
  });
});

describe('a package', () => {
  beforeEach(() => {
    workspace.install('stray', {}, { 'index.js': `exports.stray = 1;` });
    processor(`import { stray } from 'stray'; console.log(stray);`);
  });

  it('must be declared, even if it happens to be installed and the graph knows of it', async () => {
    const finding = only(await check({ knows: { worker: ['npm:stray'] } }));

    expect(finding.rule).toBe('undeclared-package');
    expect(finding.problem).toContain('the package "stray", which no package.json declares');
    expect(finding.remedy).toBe('npm install --save-prod stray');
    expect(places(finding).at(-1)).toBe('node_modules/stray/index.js');
  });

  it('may be declared by the project itself', async () => {
    workspace.writeJson('apps/worker/package.json', { dependencies: { stray: '1' } });
    expect(await check({ knows: { worker: ['npm:stray'] } })).toEqual([]);
  });

  it('may not be declared for development only', async () => {
    workspace.writeJson('package.json', { devDependencies: { stray: '1' } });

    const finding = only(await check({ knows: { worker: ['npm:stray'] } }));

    expect(finding.problem).toContain('lists in "devDependencies", but it ships with "worker"');
  });

  it('must be known to the graph, so an import that is hidden from Nx is found', async () => {
    workspace.declare({ stray: '1' });
    processor(`// nx-ignore-next-line\nimport { stray } from 'stray';\nconsole.log(stray);`);

    const finding = only(await check());

    expect(finding.rule).toBe('unknown-to-graph');
    expect(finding.remedy).toContain('Delete the comment nx-ignore-next-line above line 2');
  });

  it('must be declared by the package that imports it', async () => {
    workspace.install('postman', {}, { 'index.js': `exports.post = () => require('stray');` });
    processor(`import { send } from '@fixture/mail'; send();`);

    const finding = only(await check());

    expect(finding.problem).toContain('The package "postman" imports "stray" without declaring it');
    expect(finding.remedy).toContain('npm install --save-prod stray');
  });

  it('is allowed to import what it has generated beside it, which no registry can have', async () => {
    workspace.install(
      '@scope/client',
      {},
      { 'index.js': `exports.post = () => require('.scope/client');` },
    );
    workspace.install('.scope', {}, { 'client/index.js': `exports.send = () => undefined;` });
    workspace.declare({ '@scope/client': '1' });
    processor(`import { post } from '@scope/client'; post();`);

    expect(await check({ knows: { worker: ['npm:@scope/client'] } })).toEqual([]);
  });

  it('that stays outside the bundle must be declared too', async () => {
    const finding = only(await check({ knows: { worker: ['npm:stray'] }, external: ['stray'] }));

    expect(finding.rule).toBe('undeclared-package');
    expect(places(finding).at(-1)).toBe('stray');
  });
});

describe('a processor', () => {
  beforeEach(() => {
    workspace.write({
      'apps/worker/src/processors/print/print.processor.ts': `export class PrintProcessor {}`,
      'apps/worker/src/processors/print/paper.ts': `export const paper = () => 'A4';`,
      'apps/worker/src/processors.generated.ts': `export const processors = {
        email: () => import('./processors/email/email.processor'),
        print: () => import('./processors/print/print.processor'),
      };`,
    });
  });

  it('may not use what belongs to another processor', async () => {
    processor(`import { paper } from '../print/paper'; paper();`);

    const finding = only(await check());

    expect(finding.rule).toBe('processor-outside-registry');
    expect(finding.problem).toContain('"email" imports code of the processor "print"');
  });

  it('may not be loaded by the bootstrap, past the registry', async () => {
    workspace.write({
      'apps/worker/src/main.ts': `import { paper } from './processors/print/paper'; paper();`,
    });

    const finding = only(await check());

    expect(finding.problem).toContain(
      'Every worker would load it, even one that does not run "print"',
    );
  });

  it('may share a file that lies beside the processors', async () => {
    workspace.write({
      'apps/worker/src/processors/shared.ts': `export const ink = () => 'black';`,
    });
    processor(`import { ink } from '../shared'; ink();`);
    expect(await check()).toEqual([]);
  });
});

describe('what the children of isolated processors run', () => {
  const SANDBOX = 'apps/worker/src/sandbox.ts';
  const STAMP = 'apps/worker/src/processors/email/stamp.ts';

  it('is an entry of its own: what it alone uses is no breach', async () => {
    workspace.write({
      [SANDBOX]: `import { processors } from './processors.generated'; import { child } from './child'; console.log(child, processors);`,
      'apps/worker/src/child.ts': `export const child = 'a child';`,
    });

    expect(await check()).toEqual([]);
  });

  it('may not load code of a processor past the registry', async () => {
    workspace.write({
      [STAMP]: `export const stamp = () => 'stamped';`,
      [SANDBOX]: `\nimport { stamp } from './processors/email/stamp'; stamp();`,
    });

    const finding = only(await check());

    expect(finding.rule).toBe('processor-outside-registry');
    expect(finding.problem).toBe(
      `${SANDBOX} imports code of the processor "email". ` +
        'Every sandbox would load it, even that of another processor than "email".',
    );
    expect(places(finding)).toEqual([`${SANDBOX}:2`, STAMP]);
  });

  it('may use no package that is not declared', async () => {
    workspace.install('stray', {}, { 'index.js': 'exports.stray = 1;' });
    workspace.write({ [SANDBOX]: `import { stray } from 'stray'; console.log(stray);` });

    const finding = only(await check());

    expect(finding.rule).toBe('undeclared-package');
    expect(places(finding)).toEqual([`${SANDBOX}:1`, 'node_modules/stray/index.js']);
  });
});

it('lets nothing but a worker bundle the part of the runtime that runs jobs', async () => {
  workspace.write({
    'libs/runtime/src/consumer.ts': `export { JobHost } from './job-host';`,
    'libs/runtime/src/job-host.ts': 'export class JobHost {}',
    'apps/api/src/main.ts': `import { JobHost } from '@fixture/runtime/consumer'; new JobHost();`,
  });

  const finding = only(await check({ project: 'api' }));

  expect(finding.rule).toBe('consumer-in-producer');
  expect(finding.problem).toContain('imports "@fixture/runtime/consumer"');
});

it.each(['worker', 'api'] as const)(
  'lets no %s bundle what tests use of the runtime',
  async (project) => {
    workspace.write({
      'libs/runtime/src/testing.ts': `export class QueueModule {}`,
      [`apps/${project}/src/main.ts`]: `import { QueueModule } from '@fixture/runtime/testing'; new QueueModule();`,
    });

    const finding = only(await check({ project }));

    expect(finding.rule).toBe('tests-only');
    expect(finding.problem).toContain('imports "@fixture/runtime/testing"');
    expect(places(finding).at(-1)).toBe('libs/runtime/src/testing.ts');
  },
);

describe('a barrel', () => {
  const knows = { mail: ['npm:fonts', 'npm:postman'] };

  beforeEach(() => {
    workspace.install('fonts', {}, { 'index.js': `console.log('fonts loaded');` });
    workspace.declare({ fonts: '1' });
    workspace.write({
      'libs/mail/src/index.ts': `export { send } from './send';\nexport * from './letterhead';`,
      'libs/mail/src/letterhead.ts': `import 'fonts';\nexport const letterhead = () => 'head';`,
    });
  });

  it('may not drag in a package that nothing in use needs', async () => {
    const finding = only(await check({ knows }));

    expect(finding.rule).toBe('dragged-by-barrel');
    expect(finding.problem).toContain(
      'The package "fonts" is in the bundle, but no code that is used needs it',
    );
    expect(finding.problem).toContain('libs/mail/src/index.ts re-exports it');
    expect(finding.remedy).toContain('"sideEffects": false in libs/mail/package.json');
    expect(places(finding).slice(-3)).toEqual([
      'libs/mail/src/index.ts:2',
      'libs/mail/src/letterhead.ts:1',
      'node_modules/fonts/index.js',
    ]);
  });

  it('is fine when what it re-exports is used', async () => {
    processor(`import { letterhead, send } from '@fixture/mail'; letterhead(); send();`);
    expect(await check({ knows })).toEqual([]);
  });

  it('is fine when all of it is used', async () => {
    processor(`import * as mail from '@fixture/mail'; console.log(mail);`);
    expect(await check({ knows })).toEqual([]);
  });

  it('is fine when its library says that importing a file does nothing', async () => {
    workspace.writeJson('libs/mail/package.json', { name: 'mail', sideEffects: false });
    expect(await check({ knows })).toEqual([]);
  });
});

describe('an import whose target is computed', () => {
  it.each([
    ['require', `const name = ['p', 'g'].join(''); require(name);`],
    ['import', `const name = ['p', 'g'].join(''); await import(name);`],
    [
      'createRequire',
      `import { createRequire } from 'node:module'; createRequire(import.meta.url);`,
    ],
  ])('by %s is found, with its line', async (_, text) => {
    processor(`\n${text}`);

    const finding = only(await check());

    expect(finding.rule).toBe('computed-import');
    expect(places(finding).at(-1)).toBe('apps/worker/src/processors/email/email.processor.ts:2');
    expect(finding.remedy).toContain('Write out each target');
  });

  it('is no breach when the target is written out', async () => {
    processor(
      `const load = (a: boolean) => (a ? import('node:os') : import('node:path')); await load(true);`,
    );
    expect(await check()).toEqual([]);
  });
});

it('tells it in words that need no knowledge of the guard', async () => {
  processor(`import { resize } from '../../../../api/src/images.service';\nresize();`);

  expect(formatFindings('worker', await check(), 'Nothing was written.')).toMatchInlineSnapshot(`
    "The bundle guard found one problem in "worker". Nothing was written.

    1. apps/worker/src/processors/email/email.processor.ts imports a file of the application "api". An application ships its own code and that of libraries, never another application's. [other-application]

         apps/worker/src/main.ts:1
         └ apps/worker/src/processors.generated.ts:1
           └ apps/worker/src/processors/email/email.processor.ts:1   (loaded on demand)
             └ apps/api/src/images.service.ts

       What to do: Move the shared code into a library, and import it from there. To ship before that is done, see "allow" in the options of the build target.

    To see every import chain to a package or file: npx queue why --project=worker --package=<name>, or --file=<path>."
  `);
});
