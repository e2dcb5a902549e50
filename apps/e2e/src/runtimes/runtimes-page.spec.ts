import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WORKSPACE_ROOT } from '@libs/testing';
import { INSTALLERS, RUNTIMES } from './candidates';
import { PAGE, pageOf, readResults } from './results';

describe('docs/operations/runtimes.md', () => {
  it('is what the results of the last run make, of all that are to be tried', async () => {
    const results = await readResults();
    expect(await readFile(join(WORKSPACE_ROOT, PAGE), 'utf8')).toBe(await pageOf(results));
    const tried = ({ name, version }: { name: string; version: string }) => `${name} ${version}`;
    expect(results.runtimes.map(tried)).toEqual(RUNTIMES.map(tried));
    expect(results.installers.map(tried)).toEqual(INSTALLERS.map(tried));
  });
});
