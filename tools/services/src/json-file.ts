import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** What a JSON file holds; `undefined` if it is missing or no JSON (a half-written one never is). */
export function readJsonFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Replaces the file in one step, so that a reader sees the old or the new one, never a part. */
export function writeJsonFile(file: string, value: unknown): void {
  const temporary = `${file}.${process.pid}`;
  // Only for its owner: the database's password is in it.
  writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, file);
}
