import { posix } from 'node:path';
import { stop as stopEsbuild } from 'esbuild';
import type { AllowOptions } from '../bundle/allow-options';
import { Bundler } from '../bundle/bundler';
import { FixtureWorkspace, projectGraph } from '../testing/fixture-workspace';
import { formatFindings } from './format-findings';
import { guard } from './guard';
import { readGuardFacts } from './read-facts';

const GRAPH = projectGraph({
  worker: { root: 'apps/worker', dependsOn: ['api', 'shared'] },
  api: { root: 'apps/api', dependsOn: ['shared'] },
  shared: { root: 'libs/shared', dependsOn: ['api'] },
});
const REASON = { reason: 'the services become libraries', until: '2027-03-31' };

let workspace: FixtureWorkspace;
beforeEach(() => {
  workspace = new FixtureWorkspace();
});
afterEach(() => {
  workspace.remove();
});
afterAll(() => stopEsbuild());

/** Writes files that import others, by path: each exports its own path and uses what it imports. */
function write(imports: Record<string, readonly string[]>): void {
  const files = Object.entries(imports).map(([path, targets]) => {
    const lines = targets.map((target, index) => {
      const specifier = posix.relative(posix.dirname(path), target);
      return `import { path as p${index} } from './${specifier}';`;
    });
    const used = targets.map((_, index) => `p${index}`).join(', ');
    return [
      path,
      `${lines.join('\n')}\nexport const path = ['${path}', ${used}].join();\nconsole.log(path);\n`,
    ];
  });
  workspace.write(Object.fromEntries(files) as Record<string, string>);
}

async function check(allow: AllowOptions[] = []) {
  const settings = workspace.settings('worker', 'apps/worker', { allow });
  const bundler = new Bundler(settings);
  try {
    return guard(readGuardFacts(settings, await bundler.bundle(), GRAPH));
  } finally {
    await bundler.dispose();
  }
}

/** The same file in this many folders, each imported by the one before. */
function chainOf(count: number): Record<string, string[]> {
  const paths = Array.from(
    { length: count },
    (_, index) => `apps/api/src/part${index % 4}/f${index}.ts`,
  );
  return Object.fromEntries(paths.map((path, index) => [path, paths.slice(index + 1, index + 2)]));
}

it('names every file that is not allowed in one error, with the entries to write', async () => {
  write({
    'apps/worker/src/main.ts': ['apps/api/src/mail/mail.service.ts', 'libs/shared/src/shared.ts'],
    'apps/api/src/mail/mail.service.ts': [
      'apps/api/src/mail/layout.ts',
      'apps/api/src/users/user.ts',
    ],
    'apps/api/src/mail/layout.ts': ['apps/api/src/users/user.ts'],
    'apps/api/src/users/user.ts': [],
    'libs/shared/src/shared.ts': ['apps/api/src/clock.ts'],
    'apps/api/src/clock.ts': [],
  });

  const { findings, entries } = await check();

  expect(formatFindings('worker', findings, 'Nothing was written.', entries))
    .toMatchInlineSnapshot(`
    "The bundle guard found one problem, with 4 files, in "worker". Nothing was written.

    1. apps/worker/src/main.ts imports a file of the application "api". An application ships its own code and that of libraries, never another application's. [other-application]

         apps/worker/src/main.ts:1
         └ apps/api/src/mail/mail.service.ts

       The same with 3 more files:
         apps/api/src/mail/mail.service.ts:1 → apps/api/src/mail/layout.ts
         apps/api/src/mail/mail.service.ts:2 → apps/api/src/users/user.ts
         libs/shared/src/shared.ts:1 → apps/api/src/clock.ts

       What to do: Move the shared code into a library, and import it from there. To ship before that is done, see "allow" in the options of the build target.

    To ship before that is done, add to "allow" in the options of the build target, with a reason and the last day ("2027-03-31"):

    {
      "rule": "other-application",
      "paths": [
        "apps/api/src/clock.ts",
        "apps/api/src/mail/layout.ts",
        "apps/api/src/mail/mail.service.ts",
        "apps/api/src/users/user.ts"
      ],
      "reason": "",
      "until": ""
    }

    To see every import chain to a package or file: npx queue why --project=worker --package=<name>, or --file=<path>."
  `);
  expect(await check(entries.map((entry) => ({ ...entry, ...REASON })))).toMatchObject({
    findings: [],
    entries: [],
  });
});

it('names folders in the entries for many files, with their number, which allowed ones count in', async () => {
  const files = chainOf(40);
  write({
    'apps/worker/src/main.ts': ['apps/api/src/part0/f0.ts', 'apps/api/src/alone/alone.ts'],
    'apps/api/src/alone/alone.ts': ['apps/api/src/hints.ts', 'apps/api/src/start.ts'],
    'apps/api/src/hints.ts': [],
    'apps/api/src/start.ts': [],
    ...files,
  });
  const present = {
    rule: 'other-application' as const,
    paths: ['apps/api/src/part3/f3.ts'],
    ...REASON,
  };

  const { findings, entries } = await check([present]);

  expect(findings).toHaveLength(1);
  expect(findings[0]?.others).toHaveLength(41);
  expect(entries).toEqual([
    {
      rule: 'other-application',
      paths: [
        'apps/api/src/alone/alone.ts',
        'apps/api/src/hints.ts',
        'apps/api/src/part0/**',
        'apps/api/src/part1/**',
        'apps/api/src/part2/**',
        'apps/api/src/part3/**',
        'apps/api/src/start.ts',
      ],
      count: 43,
    },
  ]);
  const allow = [present, ...entries.map((entry) => ({ ...entry, ...REASON }))];
  expect((await check(allow)).findings).toEqual([]);
});

it('names a folder further up if the deeper ones are too many', async () => {
  const paths = Array.from(
    { length: 50 },
    (_, index) => `apps/api/src/part${index >> 1}/f${index}.ts`,
  );
  write({
    'apps/worker/src/main.ts': paths,
    ...Object.fromEntries(paths.map((path) => [path, []])),
  });

  const { entries } = await check();

  expect(entries).toEqual([{ rule: 'other-application', paths: ['apps/api/src/**'], count: 50 }]);
});

it('names each file with a computed import once, and the chain of the first ones only', async () => {
  const paths = Array.from({ length: 12 }, (_, index) => `apps/worker/src/load${index}.ts`);
  write({ 'apps/worker/src/main.ts': paths });
  workspace.write(
    Object.fromEntries(
      paths.map((path) => [
        path,
        `export const path = (name: string) => require(name) as unknown;\n`,
      ]),
    ),
  );

  const { findings, entries } = await check();

  expect(findings).toHaveLength(12);
  expect(entries).toEqual([{ rule: 'computed-import', paths: [...paths].sort() }]);
  const text = formatFindings('worker', findings, 'Nothing was written.', entries);
  expect(text.match(/^ {5}apps\/worker\/src\/main\.ts:\d+$/gm)).toHaveLength(10);
  expect(text).toContain('12. apps/worker/src/load11.ts:1 loads a module');
});

it('lists who imports a package that is not declared, and no entry, since one command mends all', async () => {
  workspace.install('stray', {}, { 'index.js': 'exports.stray = 1;' });
  const paths = Array.from({ length: 4 }, (_, index) => `apps/worker/src/use${index}.ts`);
  write({ 'apps/worker/src/main.ts': paths });
  const text = `import { stray } from 'stray';\nexport const path = stray;\n`;
  workspace.write(Object.fromEntries(paths.map((path) => [path, text])));

  const { findings, entries } = await check();

  expect(
    findings.map(({ rule, others }) => [rule, others?.map(({ path, line }) => [path, line])]),
  ).toEqual([['undeclared-package', paths.slice(1).map((path) => [path, 1])]]);
  expect(entries).toEqual([]);
});
