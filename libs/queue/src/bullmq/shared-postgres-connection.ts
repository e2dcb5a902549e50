import {
  assertSchemaCompatibility,
  LATEST_SCHEMA_VERSION,
  type PgPool,
  PostgresConnection,
  SchemaMigrationRequiredError,
} from 'bullmq';
import { setupError } from '../connection/postgres/setup-error';
import { QueueSchemaError } from './queue-schema.error';
import { installedRuntimeVersion, RUNTIME_VERSION, tablesVersion } from './runtime-tables';

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
  private ready: Promise<void> | undefined;
  /** Whether something needs what this library adds to BullMQ's tables. */
  private needsRuntimeTables = false;

  constructor(
    pool: PgPool,
    private readonly location: string,
    private readonly migrateHint: string | undefined,
  ) {
    super(pool);
    // Each queue, worker and event reader adds its own listeners.
    this.setMaxListeners(0);
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
    const required = this.needsRuntimeTables ? RUNTIME_VERSION : 0;
    if (isLatest && runtime >= required) return;
    const found = tablesVersion(version, runtime);
    const latest = tablesVersion(LATEST_SCHEMA_VERSION, RUNTIME_VERSION);
    throw new QueueSchemaError(this.location, found, latest, this.migrateHint, { cause });
  }
}
