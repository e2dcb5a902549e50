import * as z from 'zod';

/** Whether a path names a row by id at all. Anything else cannot be found, and Postgres refuses to look. */
export function isUuid(text: string): boolean {
  return z.uuid().safeParse(text).success;
}
