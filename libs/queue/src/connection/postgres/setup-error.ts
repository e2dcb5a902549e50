import { UnsupportedPostgresVersionError } from 'bullmq';
import { textOf } from '../../text/reason-of';
import { ConnectionProblem } from '../connection-problem';
import { QueueAccessError } from '../queue-access.error';
import { connectionError } from './connection-error';

/** Codes of Postgres for a role that may not do something, and a search path without a schema. */
const REMEDIES = new Map([
  [
    '42501', // insufficient_privilege
    'Grant its role this right (to create tables: CREATE on the database), or use a role that has it.',
  ],
  ['3F000', 'Create the schema, or correct the `search_path` of its role.'], // invalid_schema_name
]);

/** As {@link connectionError}, for statements that create tables or look whether they are there. */
export function setupError(error: unknown, location: string): unknown {
  const remedy = REMEDIES.get(textOf(error, 'code') ?? '');
  if (remedy !== undefined) {
    const problem = textOf(error, 'message') ?? '';
    return new QueueAccessError(location, new ConnectionProblem(problem, remedy, { cause: error }));
  }
  if (error instanceof UnsupportedPostgresVersionError) {
    const { serverVersion, minimumVersion } = error;
    const problem = `its server is PostgreSQL ${serverVersion}, and queues need ${minimumVersion} or newer`;
    const remedy = 'Upgrade it, or keep the queues in another one.';
    return new QueueAccessError(location, new ConnectionProblem(problem, remedy, { cause: error }));
  }
  return connectionError(error, location);
}
