import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** The content of a JSON file; `undefined` if it is missing or not JSON (never half-written). */
export function readJsonFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Replaces the file atomically, so that a reader sees the old or the new one, never a part. */
export function writeJsonFile(file: string, value: unknown): void {
  const temporary = `${file}.${process.pid}`;
  // Readable only by its owner: it contains the database's password.
  writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, file);
}
