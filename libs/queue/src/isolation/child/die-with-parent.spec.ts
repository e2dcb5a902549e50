import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CompiledPrograms, compilePrograms } from '../testing/compile-program';

/** Loads a sandbox after its parent has gone, with something that would keep it alive, as a pool does. */
const LATE = `
  setInterval(() => undefined, 1_000);
  process.once('disconnect', () => setImmediate(() => require('./probe.sandbox.js')));
`;

describe('a child whose worker is gone before it has loaded its code', () => {
  let programs: CompiledPrograms;

  beforeAll(async () => {
    programs = await compilePrograms('isolation/testing/probe.sandbox');
    await writeFile(join(programs.folder, 'late.js'), LATE);
  });
  afterAll(() => programs.remove());

  /** In milliseconds: below the test's limit, so that the test ends a child that lives on. */
  const LIMIT = 60_000;

  it('ends', async () => {
    const child = fork(join(programs.folder, 'late.js'), { execArgv: [], stdio: 'ignore' });
    try {
      child.disconnect();
      expect(await once(child, 'exit', { signal: AbortSignal.timeout(LIMIT) })).toEqual([1, null]);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
