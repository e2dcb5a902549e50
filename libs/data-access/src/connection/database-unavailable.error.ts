import { isNativeError } from 'node:util/types';
import { UserFacingError } from '@libs/config';
import { codeOf, isConnectionFailure, isFull } from './connection-failure';

/**
 * The database cannot be used: it does not answer, or it refuses this user.
 *
 * To do: start it, or correct the variable in the message.
 *
 * @group Starting a process
 */
export class DatabaseUnavailableError extends UserFacingError {
  readonly code = 'DATABASE_UNAVAILABLE';

  constructor(
    /** Which database, without the password: `the database "app" at localhost:5432`. */
    readonly database: string,
    options: Reason,
  ) {
    const { cause } = options;
    super(
      `${capitalize(database)} cannot be used: ${describeFailure(cause)}. ${remedyFor(options)}`,
      {
        cause,
      },
    );
  }
}

interface Reason {
  cause: unknown;
  /** The variable that the URL comes from. @default 'DATABASE_URL' */
  variable?: string;
  /** The command that starts the database. */
  startHint?: string;
}

/** Names the database of a URL without its password. */
export function nameOfDatabase(url: string): string {
  const { hostname, port, pathname, searchParams } = new URL(url);
  const name = decodeURIComponent(pathname.slice(1)) || 'postgres';
  const host = searchParams.get('host') ?? (hostname || 'localhost');
  return `the database "${name}" at ${host}:${port || '5432'}`;
}

/** By the code of Postgres. */
const REMEDIES: Readonly<Record<string, (variable: string) => string>> = {
  // read_only_sql_transaction
  '25006': (variable) =>
    `Set ${variable} to the primary, or take \`default_transaction_read_only\` off its database and role.`,
  // insufficient_privilege
  '42501': () => 'Grant this user the right, or use one that has it.',
  // invalid_schema_name
  '3F000': () => 'Create the schema, or correct the `search_path` of this user.',
  // protocol_violation: a pooler such as PgBouncer
  '08P01': () =>
    'A pooler takes no such settings: set them on the role (ALTER ROLE … SET …) in place of the variable.',
};

function remedyFor({ cause, variable = 'DATABASE_URL', startHint }: Reason): string {
  if (!isConnectionFailure(cause)) {
    return (
      REMEDIES[codeOf(cause) ?? '']?.(variable) ?? `Correct ${variable}, or grant this user access.`
    );
  }
  if (isFull(cause)) {
    return 'It accepts no more connections: raise its limit (max_connections, or that of the user or the database), or lower the limits of the pools.';
  }
  const start = startHint === undefined ? 'Start it' : `Start it (${startHint})`;
  return `${start}, or set ${variable} to a running one.`;
}

/** The reason why a connection failed. */
export function describeFailure(cause: unknown): string {
  if (!isNativeError(cause)) return String(cause);
  // A name with several addresses fails with one error an address, and an empty message above them.
  if ('errors' in cause && Array.isArray(cause.errors))
    return cause.errors.map(describeFailure).join(', ');
  return cause.message;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
