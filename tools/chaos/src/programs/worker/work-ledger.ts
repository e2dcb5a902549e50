import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { applicationName, readSettings } from '../child-settings';

/** Records what a worker does. */
@Injectable()
export class WorkLedger implements OnApplicationShutdown {
  private readonly pool: pg.Pool;

  constructor() {
    const settings = readSettings();
    this.pool = new pg.Pool({
      connectionString: settings.databaseUrl,
      application_name: applicationName(settings),
      max: 5,
      connectionTimeoutMillis: 10_000,
    });
    // An idle connection was lost; the pool opens another when needed.
    this.pool.on('error', () => undefined);
    // A connection lost between two queries of a transaction: the pool does not listen while it is in use,
    // and an unhandled error event would end the process. The next query fails anyway.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /** Counts a run, whatever its outcome. It begins now, whenever the ledger takes it: it may be away. */
  async countRun(id: string): Promise<void> {
    await this.pool.query(
      'insert into chaos_run (id, pid, at) values ($1, $2, to_timestamp($3::float8 / 1000))',
      [id, process.pid, Date.now()],
    );
  }

  /**
   * Records a run of the schedule: the time that it is for, and when its job was added. A job that runs again is
   * recorded once, a second job for the same time beside the first.
   */
  async countTick(at: Date, added: Date): Promise<void> {
    await this.pool.query(
      'insert into chaos_tick (at, added) values ($1, $2) on conflict do nothing',
      [at.getTime(), added.getTime()],
    );
  }

  /** Whether a run of a job has begun. */
  async hasRun(id: string): Promise<boolean> {
    const { rowCount } = await this.pool.query('select from chaos_run where id = $1 limit 1', [id]);
    return rowCount === 1;
  }

  /** Records that a job with a limit runs. @returns the number of this run */
  async takeSlot(id: string, tenant: string): Promise<string> {
    const { rows } = await this.pool.query<{ run: string }>(
      'insert into chaos_slot (id, tenant) values ($1, $2) returning run',
      [id, tenant],
    );
    return rows[0]?.run ?? '';
  }

  /** Records that a run is about to end. Its job holds the slot a little longer. */
  async leaveSlot(run: string): Promise<void> {
    await this.pool.query('update chaos_slot set ended = clock_timestamp() where run = $1', [run]);
  }

  /** @returns whether this is the job's first death; if its worker is killed now, the job lives */
  async diesNow(id: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      'insert into chaos_death (id) values ($1) on conflict do nothing',
      [id],
    );
    return rowCount === 1;
  }

  /**
   * Applies the job's effect at most once: the row that marks it as done is in the same transaction. The
   * table of effects has no unique key, so that a second effect would be detected.
   *
   * @returns false if it was applied before
   */
  async applyOnce(id: string): Promise<boolean> {
    const client = await this.pool.connect();
    let failure: Error | undefined;
    try {
      await client.query('begin');
      const { rowCount } = await client.query(
        'insert into chaos_processed (id) values ($1) on conflict do nothing',
        [id],
      );
      if (rowCount === 1) await client.query('insert into chaos_effect (id) values ($1)', [id]);
      await client.query('commit');
      return rowCount === 1;
    } catch (error) {
      failure = error as Error;
      throw error;
    } finally {
      // After a failure, the connection may be inside a transaction: drop it.
      client.release(failure);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
