import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WORKSPACE_ROOT } from '@libs/testing';
import { formatted } from '../support/formatted';
import { packagesPage } from './packages-page';
import type { Sample, SampleResult } from './sample';

/** What has been tried so far, and the page that is made of it; both relative to the workspace. */
export const RESULTS = 'apps/e2e/src/packages/results.generated.json';
export const PAGE = 'docs/reference/packages.md';

export async function readResults(): Promise<SampleResult[]> {
  // Written below.
  return JSON.parse(await readFile(join(WORKSPACE_ROOT, RESULTS), 'utf8')) as SampleResult[];
}

/** Writes the results in the samples' order, without those of samples that are gone, and the page. */
export async function writeResults(
  results: readonly SampleResult[],
  samples: readonly Sample[],
): Promise<void> {
  const known = samples.flatMap(({ name }) => results.find((result) => result.name === name) ?? []);
  await writeFile(
    join(WORKSPACE_ROOT, RESULTS),
    await formatted(RESULTS, JSON.stringify(known, undefined, 2)),
  );
  await writeFile(join(WORKSPACE_ROOT, PAGE), await pageOf(known, samples));
}

/** The page as it is to be in the repository. */
export function pageOf(
  results: readonly SampleResult[],
  samples: readonly Sample[],
): Promise<string> {
  const untried = samples.filter((sample) => resultOf(results, sample) === undefined);
  return formatted(
    PAGE,
    packagesPage(
      results,
      untried.map(({ name }) => name),
    ),
  );
}

/** The result of this very version of a sample's packages, if it was tried. */
export function resultOf(
  results: readonly SampleResult[],
  sample: Sample,
): SampleResult | undefined {
  return results.find(
    ({ name, packages }) => name === sample.name && packages.join() === sample.packages.join(),
  );
}
