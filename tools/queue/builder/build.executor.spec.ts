import { DiskFiles, readQueueWorkspace, writeRegistries } from '../workspace/index';
import { FixtureWorkspace } from '../testing/fixture-workspace';

/** Workers that each break a rule, `careless` several; `good` breaks none. */
const WORKERS: Record<string, Record<string, string>> = {
  good: {
    'src/main.ts': `import { processors } from './processors.generated';\nawait processors['email']();`,
    'src/processors/email/email.processor.ts': `import { emailJob } from '@fixture/jobs/email';\nimport { JobProcessor } from '@fixture/runtime/consumer';\nimport { send } from '@fixture/mail';\n@JobProcessor(emailJob)\nexport class EmailProcessor { readonly sent = send(); }`,
  },
  'reaches-api': { 'src/main.ts': `import { resize } from '../../api/src/images';\nresize();` },
  adopting: {
    'src/main.ts': `import { resize } from '../../api/src/images';\nresize();`,
  },
  'uses-barrel': { 'src/main.ts': `import { small } from '@fixture/barrel';\nsmall();` },
  careless: {
    'src/main.ts': `import './hidden';\nimport './undeclared';\nimport './computed';`,
    'src/hidden.ts': `// nx-ignore-next-line\nimport { send } from '@fixture/mail';\nsend();`,
    'src/undeclared.ts': `import ms from 'ms';\nconsole.log(ms('1 s'));`,
    'src/computed.ts': `const name = process.argv[2] ?? '';\nrequire(name);`,
  },
  stale: {
    'src/main.ts': `import './processors.generated';`,
    'src/processors/print/print.processor.ts': `import { printJob } from '@fixture/jobs/print';\nimport { JobProcessor } from '@fixture/runtime/consumer';\n@JobProcessor(printJob)\nexport class PrintProcessor {}`,
  },
};

const GOOD = ['good', 'adopting'];

/** Of the worker `adopting`: it takes a file of the api until the file is in a library, which was to be earlier. */
const ALLOWED = {
  rule: 'other-application',
  paths: ['apps/api/src/images.ts'],
  reason: 'images become a library',
  until: '2026-01-31',
};

jest.setTimeout(300_000);

let workspace: FixtureWorkspace;
beforeAll(async () => {
  workspace = new FixtureWorkspace({
    'apps/api/src/main.ts': `import { resize } from './images';\nresize();`,
    'apps/api/src/images.ts': `export const resize = (): string => 'resized';`,
    'libs/mail/src/index.ts': `export const send = (): string => 'sent';`,
    'libs/barrel/src/index.ts': `export * from './small';\nexport * from './large';`,
    'libs/barrel/src/small.ts': `export const small = (): string => 'small';`,
    'libs/barrel/src/large.ts': `import { createTransport } from 'nodemailer';\nexport const large = createTransport({});`,
    'libs/jobs/src/email.job.ts': contract('email'),
    'libs/jobs/src/print.job.ts': contract('print'),
    'libs/runtime/src/index.ts': `export const defineJob = <T>(job: T): T => job;`,
    'libs/runtime/src/consumer.ts': `export type ProcessorRegistry = Record<string, () => Promise<unknown>>;\nexport const JobProcessor = (_: unknown) => (_: unknown): void => {};`,
    'libs/runtime/src/testing.ts': 'export {};',
  });
  workspace.paths({
    '@tools/queue': ['./tools/queue'],
    '@fixture/mail': ['./libs/mail/src/index.ts'],
    '@fixture/barrel': ['./libs/barrel/src/index.ts'],
    '@fixture/jobs/*': ['./libs/jobs/src/*.job.ts'],
    '@fixture/runtime': ['./libs/runtime/src/index.ts'],
    '@fixture/runtime/*': ['./libs/runtime/src/*.ts'],
  });
  project('apps/api', [], { build: { executor: '@tools/queue:build' } });
  for (const name of ['mail', 'barrel']) project(`libs/${name}`);
  project('libs/jobs', ['queue:jobs']);
  project('libs/runtime', ['queue:runtime']);
  for (const [name, files] of Object.entries(WORKERS)) {
    const options = name === 'adopting' ? { allow: [ALLOWED] } : {};
    project(`apps/${name}`, ['queue:worker'], {
      build: { executor: '@tools/queue:build', options },
      report: { executor: '@tools/queue:report' },
    });
    for (const [path, text] of Object.entries(files))
      workspace.write({ [`apps/${name}/${path}`]: text });
  }
  syncRegistries();
  workspace.write({ 'apps/stale/src/processors.generated.ts': 'export const processors = {};\n' });
  await workspace.useNx();
});
afterAll(() => {
  workspace.remove();
});

function contract(name: string): string {
  return `import { defineJob } from '@fixture/runtime';\nexport const ${name}Job = defineJob({ name: '${name}' });`;
}

function project(root: string, tags: string[] = [], targets: object = {}): void {
  const projectType = root.startsWith('apps/') ? 'application' : 'library';
  workspace.writeJson(`${root}/project.json`, {
    name: root.replace(/^\w+\//, ''),
    projectType,
    sourceRoot: `${root}/src`,
    tags,
    targets,
  });
}

function syncRegistries(): void {
  const projects = Object.fromEntries(
    ['jobs', 'runtime'].map((name) => [name, { root: `libs/${name}`, tags: [`queue:${name}`] }]),
  );
  const workers = Object.keys(WORKERS).map((name) => [
    name,
    { root: `apps/${name}`, tags: ['queue:worker'] },
  ]);
  const all = { ...projects, ...(Object.fromEntries(workers) as typeof projects) };
  writeRegistries(readQueueWorkspace(new DiskFiles(workspace.root), all), (path, content) => {
    workspace.write({ [path]: content });
  });
}

describe('nx build', () => {
  let code: number | null;
  let output: string;
  beforeAll(async () => {
    const projects = ['api', ...Object.keys(WORKERS)].join();
    const result = await workspace.nx(`run-many --target=build --projects=${projects}`, {
      CI: 'true',
    });
    ({ code, output } = result);
  });

  it('writes bundles that keep the rules', () => {
    expect(workspace.has('dist/apps/good/main.js')).toBe(true);
    expect(workspace.has('dist/apps/api/main.js')).toBe(true);
  });

  it('writes one whose breaches are allowed, counts them, and warns when their day is over', async () => {
    expect(workspace.has('dist/apps/adopting/main.js')).toBe(true);
    const built = await workspace.nx('build adopting', { CI: 'true' });
    expect(built.output).toContain(
      'Allowed for now: 1 file against other-application, until 2026-01-31.',
    );
    expect(built.output).toContain(
      '"adopting" was to ship without 1 file of apps/api/src/images.ts',
    );

    const report = await workspace.nx('run adopting:report --check', { CI: 'true' });
    expect(report.code).toBe(1);
    expect(report.output).toContain(
      'other-application: 1 file in apps/api/src/images.ts until 2026-01-31: images become a library',
    );
  });

  it('fails when one breaks a rule, and does not write it', () => {
    expect(code).toBe(1);
    for (const name of Object.keys(WORKERS).filter((worker) => !GOOD.includes(worker))) {
      expect([name, workspace.has(`dist/apps/${name}`)]).toEqual([name, false]);
    }
    expect(output).not.toContain('    at ');
  });

  it.each([
    [
      'a worker reaches into the api',
      'apps/reaches-api/src/main.ts imports a file of the application "api".',
    ],
    [
      "a library's barrel drags a package in",
      'The package "nodemailer" is in the bundle, but no code that is used needs it.',
    ],
    [
      'an import is hidden from Nx',
      'the project graph does not know that "careless" depends on "mail"',
    ],
    [
      'no package.json declares a package',
      'apps/careless/src/undeclared.ts imports the package "ms", which no package.json declares.',
    ],
    [
      'a require is computed',
      'apps/careless/src/computed.ts:2 loads a module that neither the bundler nor the project graph can determine: require(name)',
    ],
    [
      'a registry is stale under CI',
      'apps/stale/src/processors.generated.ts does not list the processors that worker "stale" has. Run: npx nx sync',
    ],
  ])('names the problem: %s', (_, sentence) => {
    expect(output).toContain(sentence);
  });

  describe('the cache', () => {
    const build = () => workspace.nx('build good', { CI: 'true' });

    it('restores all of a build with nothing changed, its report included', async () => {
      const files = ['dist/apps/good/package-lock.json', 'dist/reports/good/bundle.json'];
      const before = files.map((file) => workspace.read(file));
      workspace.delete('dist');

      const { output } = await build();

      expect(output).toContain('1/1 hit');
      expect(output).toMatch(/^Wrote dist\/apps\/good: .+ in \d+ files? without source maps/m);
      expect(output).toMatch(/^Run it: cd dist\/apps\/good && .*node main\.js$/m);
      expect(workspace.has('dist/apps/good/main.js')).toBe(true);
      expect(files.map((file) => workspace.read(file))).toEqual(before);
    });

    // Which files count: apps/e2e/src/test-cache.spec.ts.
    it('does not count when a rule of the guard has changed', async () => {
      const file = 'tools/queue/guard/guard.ts';
      const text = workspace.read(file);
      workspace.write({ [file]: `${text}// changed\n` });
      expect((await build()).output).not.toContain('1/1 hit');
      workspace.write({ [file]: text });
    });
  });
});

describe('nx affected', () => {
  const affected = async () => {
    const { output } = await workspace.nx('show projects --affected --withTarget=build --json');
    return (JSON.parse(output.slice(output.indexOf('['))) as string[]).sort();
  };

  it('builds one worker when a library changes that only it depends on', async () => {
    workspace.write({ 'libs/mail/src/index.ts': `export const send = (): string => 'posted';` });
    expect(await affected()).toEqual(['good']);
  });
});
