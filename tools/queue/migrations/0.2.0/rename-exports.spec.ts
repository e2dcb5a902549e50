import type { Tree } from '@nx/devkit';
import { nestTree } from '../../testing/nest-tree';
import renameExports from './rename-exports';

const FILE = 'apps/api/src/app/emails.ts';

function migrated(tree: Tree, files: Readonly<Record<string, string>>): string[] {
  for (const [file, text] of Object.entries(files)) tree.write(file, text);
  return renameExports(tree);
}

function textOf(tree: Tree, file: string): string {
  return tree.read(file, 'utf-8') ?? '';
}

describe('what version 0.1 exported has its names of version 0.2', () => {
  it.each([
    [
      "import type { JobDefinition } from 'nest-job-queue';\nexport type Named = Record<string, JobDefinition<'email'>>;",
      "import type { JobContract } from 'nest-job-queue';\nexport type Named = Record<string, JobContract<'email'>>;",
    ],
    [
      "import { type JobDefinition as Job } from 'nest-job-queue';\nexport let job: Job;",
      "import { type JobContract as Job } from 'nest-job-queue';\nexport let job: Job;",
    ],
    [
      "import * as queue from 'nest-job-queue';\nexport let job: queue.JobDefinition;",
      "import * as queue from 'nest-job-queue';\nexport let job: queue.JobContract;",
    ],
    [
      "import { InvalidTimeoutError } from 'nest-job-queue';\nexport const errors = { InvalidTimeoutError };",
      "import { InvalidOptionError } from 'nest-job-queue';\nexport const errors = { InvalidTimeoutError: InvalidOptionError };",
    ],
    [
      "import { ServeError } from '@tools/queue/serve';\nexport const isOurs = (e: unknown) => e instanceof ServeError;",
      "import { PluginError } from '@tools/queue/serve';\nexport const isOurs = (e: unknown) => e instanceof PluginError;",
    ],
    [
      "import { WorkersService } from 'nest-job-queue/consumer';\nexport const code = (app: any) => (app.get(WorkersService).leftUnfinished ? 75 : 0);",
      "import { WorkersService } from 'nest-job-queue/consumer';\nexport const code = (app: any) => (app.get(WorkersService).hadUnfinishedJobs ? 75 : 0);",
    ],
  ])('in %j', (before, after) => {
    const tree = nestTree();

    expect(migrated(tree, { [FILE]: before })).toEqual([]);
    expect(textOf(tree, FILE)).toBe(after);
    expect(renameExports(tree)).toEqual([]);
    expect(textOf(tree, FILE)).toBe(after);
  });

  it('also behind a file of the workspace that passes them on', () => {
    const tree = nestTree();
    const barrel = 'apps/api/src/app/queue.ts';

    migrated(tree, {
      [barrel]: "export type { JobDefinition } from 'nest-job-queue';",
      [FILE]: "import type { JobDefinition } from './queue';\nexport let job: JobDefinition;",
    });

    expect(textOf(tree, barrel)).toBe("export type { JobContract } from 'nest-job-queue';");
    expect(textOf(tree, FILE)).toBe(
      "import type { JobContract } from './queue';\nexport let job: JobContract;",
    );
  });

  it('and what else has such a name is left alone', () => {
    const tree = nestTree();
    const own = `import { defineJob } from 'nest-job-queue';
interface JobDefinition { leftUnfinished: boolean }
export const of = ({ leftUnfinished }: JobDefinition) => [defineJob, leftUnfinished];`;

    expect(migrated(tree, { [FILE]: own })).toEqual([]);
    expect(textOf(tree, FILE)).toBe(own);
  });

  it('a name that is taken, and one that is gone, are for a person to mend', () => {
    const tree = nestTree();
    const taken = `import type { JobDefinition } from 'nest-job-queue';
import { openQueueStore } from 'nest-job-queue';
export type JobContract = JobDefinition | typeof openQueueStore;`;

    expect(migrated(tree, { [FILE]: taken })).toEqual([
      `"JobDefinition" of nest-job-queue is "JobContract" now, which something else is called in ${FILE}. Rename it by hand.`,
      `${FILE}:2 imports openQueueStore, which nest-job-queue no longer exports. QueueModule opens the store, and @InjectQueue of @nestjs/bullmq injects a queue.`,
    ]);
    expect(textOf(tree, FILE)).toBe(taken);
  });
});
