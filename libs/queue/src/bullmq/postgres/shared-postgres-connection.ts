import {
  assertSchemaCompatibility,
  LATEST_SCHEMA_VERSION,
  type PgPool,
  PostgresConnection,
  SchemaMigrationRequiredError,
} from 'bullmq';
import { setupError } from '../../connection/postgres/setup-error';
import { POSTGRES_STATEMENTS } from '../internals';
import { JobWatch } from './job-watch';
import { QueueSchemaError } from './queue-schema.error';
import {
  installedRuntimeVersion,
  KEY_LIMITS_VERSION,
  RUNTIME_VERSION,
  tablesVersion,
} from './runtime-tables';

/**
 * One BullMQ connection for every queue and worker of a process. By default BullMQ creates one for each,
 * and each opens a pool and a listening connection.
 *
 * Differences from its parent:
 * - A user that closes does not close it; {@link end} does.
 * - It can become ready after a failed attempt; the parent keeps the first failure.
 * - Its errors do not reach its users: the pool reports a lost connection once for all of them.
 */
export class SharedPostgresConnection extends PostgresConnection {
  /** What the idle workers of the process wait by. */
  readonly watch: JobWatch;
  private ready: Promise<void> | undefined;
  /** Whether something needs what this library adds to BullMQ's tables. */
  private needsRuntimeTables = false;
  private mayGroup = false;
  private hasGroups = false;
  private hasDueJobs = false;

  constructor(
    pool: PgPool,
    private readonly location: string,
    private readonly migrateHint: string | undefined,
  ) {
    super(pool);
    // Each queue, worker and event reader adds its own listeners.
    this.setMaxListeners(0);
    this.watch = new JobWatch(this);
  }

  override waitUntilReady(): Promise<void> {
    this.ready ??= this.requireSchema().catch((error: unknown) => {
      this.ready = undefined;
      throw error;
    });
    return this.ready;
  }

  /** From now on, it is ready only if the tables have what this library adds to them. */
  requireRuntimeTables(): void {
    if (this.needsRuntimeTables) return;
    this.needsRuntimeTables = true;
    this.ready = undefined;
  }

  /** From now on, looks whether the database has the functions for groups of statements. */
  useGroups(): void {
    this.mayGroup = true;
  }

  /** Whether the database has the functions for groups of statements, once it is ready. */
  get canGroup(): boolean {
    return this.hasGroups;
  }

  /** Whether the database has the functions that fetch while many jobs are due, once it is ready. */
  get canFetchDue(): boolean {
    return this.hasDueJobs;
  }

  override emit(event: string, ...args: unknown[]): boolean {
    return event === 'error' ? true : super.emit(event, ...args);
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }

  override disconnect(): Promise<void> {
    return Promise.resolve();
  }

  end(): Promise<void> {
    this.watch.stop();
    return super.close();
  }

  private async requireSchema(): Promise<void> {
    let version = 0;
    let cause: unknown;
    try {
      version = await assertSchemaCompatibility(this.pool, this.schema);
    } catch (error) {
      if (!(error instanceof SchemaMigrationRequiredError)) {
        throw setupError(error, this.location);
      }
      cause = error;
    }
    const isLatest = version >= LATEST_SCHEMA_VERSION;
    const runtime =
      isLatest && this.needsRuntimeTables ? await installedRuntimeVersion(this.pool) : 0;
    const required = this.needsRuntimeTables ? KEY_LIMITS_VERSION : 0;
    if (isLatest && runtime >= required) {
      this.hasGroups = this.mayGroup && (await this.has(POSTGRES_STATEMENTS.findGroups));
      this.hasDueJobs = this.mayGroup && (await this.has(POSTGRES_STATEMENTS.findDueJobs));
      return;
    }
    const found = tablesVersion(version, runtime);
    const latest = tablesVersion(LATEST_SCHEMA_VERSION, RUNTIME_VERSION);
    throw new QueueSchemaError(this.location, found, latest, this.migrateHint, { cause });
  }

  private async has(statement: string): Promise<boolean> {
    const { rows } = await this.pool.query<{ exists: boolean }>(statement);
    return rows[0]?.exists === true;
  }
}
