import { stripVTControlCharacters } from 'node:util';
import { stop as stopEsbuild } from 'esbuild';
import { DiskFiles } from '../workspace/index';
import { FixtureWorkspace } from '../testing/fixture-workspace';
import { ContractCompileError, runProgram } from './run-program';

afterAll(() => stopEsbuild());

it('a contract with a wrong import in a file with decorators is shown where it was written', async () => {
  const workspace = new FixtureWorkspace({
    'libs/jobs/src/email.job.ts': `interface Removed { a: string }

import { missing } from './missing';
const mark = (target: unknown) => {};
@mark class Data { text = missing; }
export const emailJob = new Data();
`,
  });
  const printed: string[] = [];
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed.push(stripVTControlCharacters(String(text)));
    return true;
  });
  const queue = { files: new DiskFiles(workspace.root) };
  const program = { name: 'show', source: `import './libs/jobs/src/email.job';`, input: {} };

  const run = runProgram(workspace.root, queue, program, process.env);
  await expect(run).rejects.toThrow(ContractCompileError);
  workspace.remove();

  expect(printed.join('')).toContain('libs/jobs/src/email.job.ts:3:24:');
  expect(printed.join('')).toContain(`import { missing } from './missing';`);
});
