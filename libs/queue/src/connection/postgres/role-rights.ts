import { DEFAULT_SCHEMA, type PgQueryable } from 'bullmq';
import { ConnectionProblem } from '../connection-problem';
import { QueueAccessError } from '../queue-access.error';

interface Rights {
  readonly role: string;
  /** What to grant. */
  readonly missing: readonly string[];
}

const hasAll = (kind: 'table' | 'sequence' | 'function', rights: readonly string[]): string =>
  rights.map((right) => `has_${kind}_privilege(oid, '${right}')`).join(' AND ');

/** Of no schema no right is missing: its tables are created first. */
const MISSING_RIGHTS = `
  SELECT current_user AS role, COALESCE(array_agg(missing), '{}') AS missing FROM (
    SELECT 'USAGE, CREATE ON SCHEMA ${DEFAULT_SCHEMA}' AS missing FROM pg_namespace
    WHERE nspname = '${DEFAULT_SCHEMA}'
      AND NOT (has_schema_privilege(oid, 'USAGE') AND has_schema_privilege(oid, 'CREATE'))
    UNION ALL
    SELECT 'SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${DEFAULT_SCHEMA}' WHERE EXISTS (
      SELECT FROM pg_class WHERE relnamespace = to_regnamespace('${DEFAULT_SCHEMA}') AND relkind = 'r'
      AND NOT (${hasAll('table', ['SELECT', 'INSERT', 'UPDATE', 'DELETE'])}))
    UNION ALL
    SELECT 'USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${DEFAULT_SCHEMA}' WHERE EXISTS (
      SELECT FROM pg_class WHERE relnamespace = to_regnamespace('${DEFAULT_SCHEMA}') AND relkind = 'S'
      AND NOT (${hasAll('sequence', ['USAGE', 'SELECT'])}))
    UNION ALL
    SELECT 'EXECUTE ON ALL FUNCTIONS IN SCHEMA ${DEFAULT_SCHEMA}' WHERE EXISTS (
      SELECT FROM pg_proc WHERE pronamespace = to_regnamespace('${DEFAULT_SCHEMA}')
      AND NOT ${hasAll('function', ['EXECUTE'])})
  ) AS rights`;

/**
 * Requires that the role of a connection may do everything that queues need: work on their tables, and create the
 * sequence with which a new queue numbers its jobs.
 *
 * @throws QueueAccessError with what to grant.
 */
export async function requireRights(database: PgQueryable, location: string): Promise<void> {
  const { rows } = await database.query<Rights>(MISSING_RIGHTS);
  const { role = '', missing = [] } = rows[0] ?? {};
  if (missing.length === 0) return;
  const grants = missing.map((right) => `GRANT ${right} TO "${role}";`).join(' ');
  throw new QueueAccessError(
    location,
    new ConnectionProblem(
      `its role "${role}" lacks rights that queues need`,
      `Run as the owner of the schema: ${grants}`,
    ),
  );
}
