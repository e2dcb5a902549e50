import { join } from 'node:path';
import { runProgram as run } from '../program/run-program';
import type { Contract, QueueWorkspace } from '../workspace/index';
import type { EnqueueRequest } from './enqueue-request';

/** Runs the program that adds jobs, with the contract of one job. Resolves to its exit code. */
export function runProgram(
  workspaceRoot: string,
  workspace: QueueWorkspace,
  contract: Contract,
  request: EnqueueRequest,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const source = entry(workspace, contract);
  return run(workspaceRoot, workspace, { name: 'enqueue', source, request }, env);
}

function entry(workspace: QueueWorkspace, contract: Contract): string {
  const program = join(__dirname, 'enqueue-program.ts');
  return [
    `import { runEnqueueProgram } from ${JSON.stringify(program)};`,
    `import * as runtime from ${JSON.stringify(workspace.runtime.producer)};`,
    `import { ${contract.constant} } from ${JSON.stringify(`./${contract.file}`)};`,
    `void runEnqueueProgram(runtime, ${contract.constant});`,
  ].join('\n');
}
