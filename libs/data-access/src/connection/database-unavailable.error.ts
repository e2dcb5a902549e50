import { isNativeError } from 'node:util/types';
import { UserFacingError } from '@libs/config';
import { isConnectionFailure } from './connection-failure';

/** The database cannot be used: nobody answers, or it refuses this user. */
export class DatabaseUnavailableError extends UserFacingError {
  constructor(
    /** Which database, without the password: `the database "app" at localhost:5432`. */
    readonly database: string,
    { cause, variable = 'DATABASE_URL' }: { cause: unknown; variable?: string },
  ) {
    super(
      `${capitalize(database)} cannot be used: ${reasonOf(cause)}. ${wayOut(cause, variable)}`,
      { cause },
    );
  }
}

/** Names the database of a URL without its password. */
export function nameOfDatabase(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  const name = decodeURIComponent(pathname.slice(1)) || 'postgres';
  return `the database "${name}" at ${hostname || 'localhost'}:${port || '5432'}`;
}

function wayOut(cause: unknown, variable: string): string {
  return isConnectionFailure(cause)
    ? `Start it (in the workspace: \`npx nx run services:up\`), or set ${variable} to one that runs.`
    : `Correct ${variable}, or give this user access.`;
}

function reasonOf(cause: unknown): string {
  if (!isNativeError(cause)) return String(cause);
  // A name with several addresses fails with one error an address, and an empty message above them.
  if ('errors' in cause && Array.isArray(cause.errors))
    return cause.errors.map(reasonOf).join(', ');
  return cause.message;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
