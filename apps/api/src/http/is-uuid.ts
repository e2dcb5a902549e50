import * as z from 'zod';

/** Whether a path segment can be a row's id. Postgres rejects other values in a query. */
export function isUuid(text: string): boolean {
  return z.uuid().safeParse(text).success;
}
