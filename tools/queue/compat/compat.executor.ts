import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { runProgram } from '../command/run-program';
import { executorResult, type ExecutorResult } from '../terminal/executor-result';
import {
  type Contract,
  DiskFiles,
  listContracts,
  type QueueWorkspace,
  readQueueWorkspace,
} from '../workspace/index';
import { checkOutBase } from '../commit/base-sources';
import { compareContracts, type Comparison } from './compare-contracts';
import type { DescribedContract } from './describe-contracts';

export interface CompatOptions {
  /** A commit, branch or tag. */
  base?: string;
  json?: boolean;
}

/**
 * `nx run <jobs>:compat [--base=<commit>]`: names the changes of contracts since a commit that would break jobs which
 * are queued already, and fails if there are any.
 */
export default function compatExecutor(
  { base = 'main', json = false }: CompatOptions,
  { root, projectsConfigurations }: ExecutorContext,
): Promise<ExecutorResult> {
  return executorResult(async () => {
    const workspace = readQueueWorkspace(new DiskFiles(root), projectsConfigurations.projects);
    const sources = await checkOutBase(root, base);
    try {
      const earlier = { ...workspace, files: new DiskFiles(sources.root) };
      const before = await describe(sources.root, earlier);
      const comparison = compareContracts(before, await describe(root, workspace));
      process.stdout.write(
        `${json ? JSON.stringify({ base, ...comparison }, undefined, 2) : format(base, comparison)}\n`,
      );
      return comparison.breaking.length === 0;
    } finally {
      await sources.remove();
    }
  });
}

/** Loads every contract of a workspace in a process of its own. */
async function describe(root: string, workspace: QueueWorkspace): Promise<DescribedContract[]> {
  const contracts = listContracts(workspace);
  if (contracts.length === 0) return [];
  const folder = await mkdtemp(join(tmpdir(), 'contracts-'));
  try {
    const output = join(folder, 'contracts.json');
    const program = { name: 'compat', source: programFor(contracts), input: { output } };
    const code = await runProgram(root, workspace, program, process.env);
    if (code !== 0) throw new Error(`The contracts could not be loaded (exit code ${code}).`);
    return JSON.parse(await readFile(output, 'utf8')) as DescribedContract[];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function programFor(contracts: readonly Contract[]): string {
  const own = JSON.stringify(join(__dirname, 'describe-contracts'));
  return [
    `import { writeFileSync } from 'node:fs';`,
    `import { text } from 'node:stream/consumers';`,
    `import { toJSONSchema } from 'zod';`,
    `import { describeContracts } from ${own};`,
    ...contracts.map(
      ({ constant, file }, index) =>
        `import { ${constant} as job${index} } from ${JSON.stringify(`./${file}`)};`,
    ),
    `void text(process.stdin).then((input) => {`,
    `  const jobs = [${contracts.map((_, index) => `job${index}`).join(', ')}];`,
    `  const described = describeContracts(jobs, toJSONSchema as never);`,
    `  writeFileSync(JSON.parse(input).output, JSON.stringify(described));`,
    `});`,
  ].join('\n');
}

function format(base: string, { breaking, unknown }: Comparison): string {
  const lines = breaking.map(({ job, problem }) => `${job}: ${problem}`);
  const notes = unknown.map(
    (job) => `${job}: not compared, because a schema of its data is not one of zod.`,
  );
  const summary =
    breaking.length === 0
      ? `No contract has changed since ${base} in a way that breaks jobs which are queued.`
      : `${breaking.length} ${breaking.length === 1 ? 'change' : 'changes'} since ${base} would break jobs which are queued.`;
  return [...lines, ...notes, summary].join('\n');
}
