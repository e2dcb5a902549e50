import { stop as stopEsbuild } from 'esbuild';
import type { AllowOptions } from '../bundle/allow-options';
import { Bundler } from '../bundle/bundler';
import { FixtureWorkspace, projectGraph } from '../testing/fixture-workspace';
import { describeAllowed, describeOverdue } from './describe-allowed';
import { guard } from './guard';
import { readGuardFacts } from './read-facts';

/** A worker that takes the mail service of a grown api, which brings two more files along. */
const SOURCES = {
  'apps/worker/src/main.ts': `import { MailService } from '../../api/src/mail/mail.service'; new MailService();`,
  'apps/api/src/mail/mail.service.ts': `import { layout } from './layout';\nimport { User } from '../users/user';\nexport class MailService { parts = [layout, User]; }`,
  'apps/api/src/mail/layout.ts': `export const layout = 'layout';`,
  'apps/api/src/users/user.ts': `export class User {}`,
};
const GRAPH = projectGraph({
  worker: { root: 'apps/worker', dependsOn: ['api'] },
  api: { root: 'apps/api' },
});
const ENTRY: AllowOptions = {
  rule: 'other-application',
  paths: ['apps/api/src/mail/**', 'apps/api/src/users/user.ts'],
  count: 3,
  reason: 'the mail service becomes a library',
  until: '2027-03-31',
};

let workspace: FixtureWorkspace;
beforeEach(() => {
  workspace = new FixtureWorkspace(SOURCES);
});
afterEach(() => {
  workspace.remove();
});
afterAll(() => stopEsbuild());

async function check(allow: AllowOptions[], known: readonly string[] = []) {
  const settings = workspace.settings('worker', 'apps/worker', { allow });
  const bundler = new Bundler(settings);
  try {
    return guard(readGuardFacts(settings, await bundler.bundle(), GRAPH), known);
  } finally {
    await bundler.dispose();
  }
}

async function problems(allow: AllowOptions[], known?: readonly string[]): Promise<string[]> {
  const { findings } = await check(allow, known);
  return findings.map(({ problem, remedy }) => `${problem} ${remedy}`);
}

describe('files of another application that are allowed for now', () => {
  it('ship, and are counted with what they bring along', async () => {
    const { findings, allowed } = await check([ENTRY]);

    expect(findings).toEqual([]);
    expect(allowed).toEqual([
      {
        ...ENTRY,
        files: [
          'apps/api/src/mail/layout.ts',
          'apps/api/src/mail/mail.service.ts',
          'apps/api/src/users/user.ts',
        ],
      },
    ]);
    expect(describeAllowed(allowed)).toBe(
      'Allowed for now: 3 files against other-application, until 2027-03-31.',
    );
  });

  it('do not allow a file that one of them brings along and no entry names', async () => {
    const { findings } = await check([{ ...ENTRY, paths: ['apps/api/src/mail/**'], count: 2 }]);

    expect(findings.map(({ rule }) => rule)).toEqual(['other-application']);
    expect(findings[0]?.chain.map(({ path }) => path).slice(-2)).toEqual([
      'apps/api/src/mail/mail.service.ts',
      'apps/api/src/users/user.ts',
    ]);
  });

  it('may not become more in a folder: the build names the new one', async () => {
    const { allowed } = await check([ENTRY]);
    const known = allowed.flatMap(({ files }) => files);
    workspace.write({
      'apps/api/src/mail/layout.ts': `export { logo as layout } from './logo';`,
      'apps/api/src/mail/logo.ts': `export const logo = 'logo';`,
    });

    expect(await problems([ENTRY], known)).toEqual([
      '"allow" in the options of the build target lets 3 files in apps/api/src/mail/**, apps/api/src/users/user.ts break the rule ' +
        'other-application, and 4 do. New since the last good build: apps/api/src/mail/logo.ts. ' +
        'Keep what is new out of the bundle. "count" is there to go down.',
    ]);
  });

  it('may not come back when they have become fewer: the build says the new count', async () => {
    workspace.write({
      'apps/api/src/mail/mail.service.ts': `import { User } from '../users/user';\nexport class MailService { parts = [User]; }`,
    });

    const [problem, ...others] = await problems([ENTRY]);

    expect(others).toEqual([]);
    expect(problem).toContain('and only 2 do now. Write "count": 2,');
  });

  it('are an error when none of them is in the bundle any more, which says to delete the entry', async () => {
    workspace.write({ 'apps/worker/src/main.ts': `console.log('no mail');` });

    const [problem] = await problems([ENTRY]);

    expect(problem).toContain('no file there breaks that rule any more');
    expect(problem).toContain('Delete the entry (its reason: the mail service becomes a library).');
  });

  it('are an error path by path too', async () => {
    const paths = [
      'apps/api/src/mail/layout.ts',
      'apps/api/src/mail/mail.service.ts',
      'apps/api/src/users/user.ts',
      'apps/api/src/users/role.ts',
    ];
    const { rule, reason, until } = ENTRY;

    expect(await problems([{ rule, paths, reason, until }])).toEqual([
      '"allow" in the options of the build target has apps/api/src/users/role.ts in an entry for the rule other-application, ' +
        'but no file there breaks that rule any more. Delete that path from its "paths".',
    ]);
  });

  it('are found by their number when it is not known yet', async () => {
    const [problem] = await problems([{ ...ENTRY, count: 0 }]);
    expect(problem).toContain('write "count": 3.');
  });

  it('are overdue from the day after, with the reason', async () => {
    const { allowed } = await check([ENTRY]);

    expect(describeOverdue('worker', allowed, '2027-03-31')).toEqual([]);
    expect(describeOverdue('worker', allowed, '2027-04-01')).toEqual([
      '"worker" was to ship without 3 files of apps/api/src/mail/**, apps/api/src/users/user.ts by 2027-03-31 (other-application): ' +
        'the mail service becomes a library. Move the code, or set a new "until" in "allow".',
    ]);
  });
});

it('allows any other rule by the file with the import', async () => {
  workspace.write({
    'apps/worker/src/main.ts': `import { load } from './load'; load('./a');`,
    'apps/worker/src/load.ts': `export const load = (name: string) => require(name);`,
  });
  const entry = { ...ENTRY, rule: 'computed-import' as const, paths: ['apps/worker/src/load.ts'] };

  expect((await check([{ ...entry, count: 1 }])).findings).toEqual([]);
  expect(await problems([{ ...entry, rule: 'file-by-path', count: 1 }])).toHaveLength(2);
});

describe('an entry that cannot be used fails the build with what to write', () => {
  it.each([
    [{ rule: 'tests-only' }, 'has the "rule" "tests-only". Write one of: unknown-to-graph, '],
    [{ paths: [] }, 'has no "paths". Write files, or folders'],
    [{ paths: ['apps/*/src/a.ts'] }, 'has the path "apps/*/src/a.ts". Write a file relative to'],
    [{ paths: ['./apps/api/a.ts'] }, 'has the path "./apps/api/a.ts". Write a file relative to'],
    [{ paths: ['/apps/api/**'] }, 'has the path "/apps/api/**". Write a file relative to'],
    [{ count: undefined }, 'names a folder and has no "count". Write how many files it covers; a'],
    [{ count: -1 }, 'has the "count" -1. Write how many files it covers.'],
    [{ reason: ' ' }, 'has no "reason". Write why it is needed, and what will end it.'],
    [{ until: undefined }, 'has no "until". Write the last day: "2027-03-31".'],
    [{ until: '2027-02-31' }, 'has the "until" "2027-02-31". Write the last day: "2027-03-31".'],
  ])('%j', (part, sentence) => {
    const allow = [ENTRY, { ...ENTRY, ...part } as AllowOptions];
    expect(() => workspace.settings('worker', 'apps/worker', { allow })).toThrow(
      `"worker" cannot be bundled: entry 2 of "allow" in the options of its build target ${sentence}`,
    );
  });
});
