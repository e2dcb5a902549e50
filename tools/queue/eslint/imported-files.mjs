import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import ts from 'typescript';

/** The file that a relative import means, if there is one. */
export function importedFile(importer, specifier) {
  if (!specifier.startsWith('.')) return undefined;
  const path = resolve(dirname(importer), specifier);
  return [`${path}.ts`, `${path}.tsx`, `${path}.mts`, path, `${path}/index.ts`].find(isFile);
}

/**
 * The shortest chain of imports from one file to another, both included. Imports of types count.
 *
 * @param isPassable which files the chain may go through
 */
export function findChain(from, to, isPassable) {
  const chains = [[from]];
  const seen = new Set([from]);
  for (const chain of chains) {
    const file = chain.at(-1);
    if (file === to) return chain;
    for (const next of importsOf(file)) {
      if (seen.has(next) || !isPassable(next)) continue;
      seen.add(next);
      chains.push([...chain, next]);
    }
  }
  return undefined;
}

function importsOf(file) {
  const { mtimeMs } = statSync(file);
  const known = read.get(file);
  if (known?.mtimeMs === mtimeMs) return known.files;
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'));
  const files = importedFiles
    .map(({ fileName }) => importedFile(file, fileName))
    .filter((imported) => imported !== undefined);
  read.set(file, { mtimeMs, files });
  return files;
}

/** What each file imports, until it is changed: an editor keeps ESLint running. */
const read = new Map();

function isFile(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
