import { InvalidCursorError } from './dead-jobs.errors';

/** The number of dead jobs of each queue on the previous pages. */
export type Offsets = ReadonlyMap<string, number>;

export function encodeCursor(offsets: Offsets): string {
  return Buffer.from(JSON.stringify([...offsets])).toString('base64url');
}

/** Below Postgres's 32-bit limit; no queue has as many dead jobs. */
const LARGEST_OFFSET = 1_000_000_000;

/** @throws InvalidCursorError if this is not the cursor of a page. */
export function decodeCursor(cursor: string | undefined): Map<string, number> {
  if (cursor === undefined) return new Map();
  try {
    const entries: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(entries) && entries.every(isEntry)) return new Map(entries);
  } catch {
    // Not JSON, so not a cursor either.
  }
  throw new InvalidCursorError(cursor);
}

function isEntry(entry: unknown): entry is [string, number] {
  if (!Array.isArray(entry) || entry.length !== 2) return false;
  const [queue, offset] = entry as unknown[];
  return typeof queue === 'string' && isOffset(offset);
}

function isOffset(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= LARGEST_OFFSET;
}
