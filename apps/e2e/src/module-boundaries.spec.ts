import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const workspaceRoot = join(__dirname, '../../..');

const files = {
  api: 'apps/api/src/main.ts',
  worker: 'apps/worker/src/main.ts',
  processor: 'apps/worker/src/processors/notification/notification.processor.ts',
  processorSpec: 'apps/worker/src/processors/notification/notification.processor.spec.ts',
  contract: 'libs/jobs/src/notification.job.ts',
  runtime: 'libs/queue/src/index.ts',
  chaos: 'tools/chaos/src/chaos.main.ts',
  experiment: 'tools/experiment/src/index.ts',
  attempt: 'libs/queue/src/attempt/job-context.ts',
  connection: 'libs/queue/src/connection/transaction-manager.ts',
  postgres: 'libs/queue/src/connection/postgres/postgres-pool.ts',
  dead: 'libs/queue/src/dead/dead-jobs.ts',
  outbox: 'libs/queue/src/outbox/outbox.ts',
  wire: 'libs/queue/src/isolation/wire/sandbox-protocol.ts',
  parent: 'libs/queue/src/isolation/parent/sandbox.ts',
  child: 'libs/queue/src/isolation/child/run-sandbox.ts',
  events: 'libs/queue/src/reader/job-events.ts',
  reader: 'libs/queue/src/reader/jobs-reader.ts',
  guard: 'tools/queue/guard/guard.ts',
  serve: 'tools/queue/serve/serve.executor.ts',
  report: 'tools/queue/report/report.executor.ts',
  showReport: 'tools/queue/report/show-report.ts',
};

const BOUNDARY = '@nx/enforce-module-boundaries';
const CONSUMER_ONLY = 'no-restricted-imports';
const TESTS_ONLY = '@typescript-eslint/no-restricted-imports';
const ISOLATION = 'queue/processor-isolation';
const FLOORS = 'queue/floors';

interface ImportCase {
  title: string;
  file: string;
  specifier: string;
  rule: string;
  message: RegExp;
}

const forbidden: ImportCase[] = [
  {
    title: 'the api may not import the worker side of the runtime',
    file: files.api,
    specifier: '@libs/queue/consumer',
    rule: CONSUMER_ONLY,
    message: /Only a worker consumes jobs/,
  },
  {
    title: 'the api may not import what starts a worker',
    file: files.api,
    specifier: '@libs/worker-app/settings.module',
    rule: CONSUMER_ONLY,
    message: /Only a worker consumes jobs/,
  },
  {
    title: 'a contract may not import the worker side of the runtime',
    file: files.contract,
    specifier: '@libs/queue/consumer',
    rule: CONSUMER_ONLY,
    message: /Only a worker consumes jobs/,
  },
  {
    title: 'the api may not import a processor',
    file: files.api,
    specifier: '../../worker/src/processors/notification/notification.processor',
    rule: BOUNDARY,
    message: /relative or absolute path/,
  },
  {
    title: 'the worker may not import the api',
    file: files.worker,
    specifier: '../../api/src/app.module',
    rule: BOUNDARY,
    message: /relative or absolute path/,
  },
  {
    title: 'the runtime may not import a contract',
    file: files.runtime,
    specifier: '@libs/jobs/notification',
    rule: BOUNDARY,
    // Contracts import the runtime, so the rule sees the circle before it looks at the tags.
    message: /Circular dependency between "queue" and "jobs"/,
  },
  {
    title: 'the runtime may not import an app',
    file: files.runtime,
    specifier: '../../../apps/worker/src/worker',
    rule: BOUNDARY,
    message: /relative or absolute path/,
  },
  {
    title: 'the runtime may not import the data access library',
    file: files.runtime,
    specifier: '@libs/data-access',
    rule: BOUNDARY,
    message: /"queue:runtime" can not depend on libs tagged with .*"scope:data"/,
  },
  {
    title: 'the runtime may not import TypeORM',
    file: files.runtime,
    specifier: 'typeorm',
    rule: BOUNDARY,
    message: /not allowed to import "typeorm"/,
  },
  {
    title: 'a contract may import no library but the runtime',
    file: files.contract,
    specifier: '@libs/data-access',
    rule: BOUNDARY,
    message: /"queue:jobs" can only depend on libs tagged with "queue:runtime"/,
  },
  {
    title: 'a processor may not import another processor',
    file: files.processor,
    specifier: '../thumbnail/thumbnail.processor',
    rule: ISOLATION,
    message: /in the folder of another processor/,
  },
  {
    title: 'a worker may not import a processor past its registry, or it would always load it',
    file: files.worker,
    specifier: './processors/thumbnail/thumbnail.processor',
    rule: ISOLATION,
    message: /Only the registry/,
  },
  {
    title: 'the api may not import a development tool',
    file: files.api,
    specifier: '@tools/services',
    rule: BOUNDARY,
    message: /"type:app" can only depend on libs tagged with "type:lib"/,
  },
  {
    title: 'a processor may not import a development tool',
    file: files.processor,
    specifier: '@tools/services',
    rule: BOUNDARY,
    message: /"type:app" can only depend on libs tagged with "type:lib"/,
  },
  {
    title: 'an experiment may not import another one',
    file: files.chaos,
    specifier: '../../bench/src/measure/statistics',
    rule: BOUNDARY,
    message: /relative or absolute path/,
  },
  {
    title: 'the library of the experiments may not import one of them',
    file: files.experiment,
    specifier: '../../chaos/src/proof/proof',
    rule: BOUNDARY,
    message: /relative or absolute path/,
  },
  {
    title: 'what is shipped may not import the test library',
    file: files.processor,
    specifier: '@libs/testing',
    rule: BOUNDARY,
    message: /"type:app" can only depend on libs tagged with "type:lib"/,
  },
  {
    title: 'what is shipped may not import the test harness of the runtime',
    file: files.processor,
    specifier: '@libs/queue/testing',
    rule: TESTS_ONLY,
    message: /Only tests/,
  },
  {
    title: 'what is shipped may not import the programs behind the commands',
    file: files.worker,
    specifier: '@libs/queue/cli',
    rule: TESTS_ONLY,
    message: /Only the commands of @tools\/queue/,
  },
  {
    title: 'a room of the runtime may not import from a higher floor',
    file: files.attempt,
    specifier: '../isolation/parent/sandbox',
    rule: FLOORS,
    message: /`attempt` \(floor \d+\) may not import `isolation\/parent` \(floor \d+\)/,
  },
  {
    title: 'rooms of one floor of the runtime may not import each other',
    file: files.dead,
    specifier: '../outbox/outbox',
    rule: FLOORS,
    message: /`dead` and `outbox` are both on floor \d+/,
  },
  {
    title: "the messages of isolation may not import the worker's side",
    file: files.wire,
    specifier: '../parent/sandbox',
    rule: FLOORS,
    message: /`isolation\/wire` \(floor \d+\) may not import `isolation\/parent`/,
  },
  {
    title: "the worker's side of isolation may not import the sandbox's side",
    file: files.parent,
    specifier: '../child/run-sandbox',
    rule: FLOORS,
    message: /`isolation\/parent` and `isolation\/child` are both on floor \d+/,
  },
  {
    title: "the sandbox's side of isolation may not import the worker's side",
    file: files.child,
    specifier: '../parent/sandbox',
    rule: FLOORS,
    message: /`isolation\/child` and `isolation\/parent` are both on floor \d+/,
  },
  {
    title: 'what the connections have in common may not import one of them',
    file: files.connection,
    specifier: './postgres/postgres-pool',
    rule: FLOORS,
    message: /`connection` \(floor \d+\) may not import `connection\/postgres`/,
  },
  {
    title: 'the connection to one store may not import that to the other',
    file: files.postgres,
    specifier: '../redis/redis-client',
    rule: FLOORS,
    message: /`connection\/postgres` and `connection\/redis` are both on floor \d+/,
  },
  {
    title: 'a room of the runtime may not import what the runtime exports',
    file: files.outbox,
    specifier: '../index',
    rule: FLOORS,
    message: /`outbox` \(floor \d+\) may not import `index.ts`/,
  },
  {
    title: 'files of a room of the runtime may not import each other in a circle',
    file: files.events,
    specifier: './jobs-reader',
    rule: FLOORS,
    message: /Circle of files in `reader`/,
  },
  {
    title: 'product code of the runtime may not import what is for its tests',
    file: files.outbox,
    specifier: './testing/transaction',
    rule: FLOORS,
    message: /`outbox\/testing\/transaction.ts` is for tests/,
  },
  {
    title: 'a room of the runtime may not import the package of a store',
    file: files.reader,
    specifier: 'ioredis',
    rule: FLOORS,
    message: /`reader` may not import `ioredis`, only connection\/redis may/,
  },
  {
    title: 'a room of the plugin may not import from a higher floor',
    file: files.guard,
    specifier: '../report/report.executor',
    rule: FLOORS,
    message: /`guard` \(floor \d+\) may not import `report` \(floor \d+\)/,
  },
  {
    title: 'rooms of one floor of the plugin may not import each other',
    file: files.serve,
    specifier: '../dead/dead.executor',
    rule: FLOORS,
    message: /`serve` and `dead` are both on floor \d+/,
  },
  {
    title: 'files of a room of the plugin may not import each other in a circle',
    file: files.showReport,
    specifier: './report.executor',
    rule: FLOORS,
    message: /Circle of files in `report`/,
  },
  {
    title: 'product code of the plugin may not import what is for its tests',
    file: files.guard,
    specifier: '../testing/fixture-workspace',
    rule: FLOORS,
    message: /`testing\/fixture-workspace.ts` is for tests/,
  },
];

const allowed = [
  { title: 'the api imports the producer side', file: files.api, specifier: '@libs/queue' },
  { title: 'the api imports a contract', file: files.api, specifier: '@libs/jobs/notification' },
  {
    title: 'a processor imports the worker side',
    file: files.processor,
    specifier: '@libs/queue/consumer',
  },
  {
    title: 'a processor imports a file of its own folder',
    file: files.processorSpec,
    specifier: './notification.processor',
  },
  {
    title: 'a test imports the test library',
    file: files.processorSpec,
    specifier: '@libs/testing',
  },
  {
    title: 'a test imports the test harness of the runtime',
    file: files.processorSpec,
    specifier: '@libs/queue/testing',
  },
];

interface LintMessage {
  ruleId: string | null;
  message: string;
  fatal?: boolean;
}

function lintImports(imports: readonly { file: string; specifier: string }[]): LintMessage[][] {
  const input = imports.map(({ file, specifier }) => ({ file, text: `import '${specifier}';\n` }));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(__dirname, 'support/lint-text.mjs')],
    {
      cwd: workspaceRoot,
      env: { ...process.env, NX_DAEMON: 'false' },
      input: JSON.stringify(input),
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`lint-text.mjs failed: ${stderr}`);
  return JSON.parse(stdout) as LintMessage[][];
}

describe('module boundaries', () => {
  let results: Map<string, LintMessage[]>;

  beforeAll(() => {
    const cases = [...forbidden, ...allowed];
    const messages = lintImports(cases);
    results = new Map(cases.map(({ title }, index) => [title, messages[index] ?? []]));
  });

  it.each(Object.values(files))('%s exists, so that its rules can be tried on it', (file) => {
    expect(existsSync(join(workspaceRoot, file))).toBe(true);
  });

  it.each(forbidden)('$title', ({ title, rule, message }) => {
    expect(results.get(title)).toContainEqual(
      expect.objectContaining({ ruleId: rule, message: expect.stringMatching(message) as string }),
    );
  });

  it.each(allowed)('$title', ({ title }) => {
    expect(results.get(title)).toEqual([]);
  });
});
