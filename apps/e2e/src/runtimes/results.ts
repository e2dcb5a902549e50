import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WORKSPACE_ROOT } from '@libs/testing';
import { formatted } from '../support/formatted';
import { runtimesPage } from './runtimes-page';
import type { Outcomes } from './try-shipped';

/** What was tried, and the page that is made of it; both relative to the workspace. */
export const RESULTS = 'apps/e2e/src/runtimes/results.generated.json';
export const PAGE = 'docs/operations/runtimes.md';

/** What became of a runtime, or of a package manager and what it installed. */
export interface Result {
  readonly name: string;
  readonly version: string;
  readonly outcomes: Outcomes & { readonly install?: string };
}

export interface Results {
  /** The version of Node.js that ran what the package managers installed. */
  readonly node: string;
  readonly runtimes: readonly Result[];
  readonly installers: readonly Result[];
}

export async function readResults(): Promise<Results> {
  // Written below.
  return JSON.parse(await readFile(join(WORKSPACE_ROOT, RESULTS), 'utf8')) as Results;
}

export async function writeResults(results: Results): Promise<void> {
  const text = await formatted(RESULTS, JSON.stringify(results, undefined, 2));
  await writeFile(join(WORKSPACE_ROOT, RESULTS), text);
  await writeFile(join(WORKSPACE_ROOT, PAGE), await pageOf(results));
}

/** The page as it is to be in the repository. */
export function pageOf(results: Results): Promise<string> {
  return formatted(PAGE, runtimesPage(results));
}
