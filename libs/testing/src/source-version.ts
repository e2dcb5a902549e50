import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A string that changes with these files, or with files below these folders; tests (`*.spec.ts`) do not
 * count. For {@link DatabaseTemplate.version}.
 */
export function versionOfSources(...paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of paths.flatMap(sourcesIn)) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

function sourcesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.spec.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
