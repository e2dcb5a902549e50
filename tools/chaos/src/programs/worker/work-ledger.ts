import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { applicationName, readSettings } from '../child-settings';

/** Where a worker writes what it does. */
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
    // An idle connection that is lost; whoever needs one gets another.
    this.pool.on('error', () => undefined);
    // One that is lost between two queries of a transaction. The pool does not listen while it is used,
    // and an error that nobody listens to ends the process; the next query fails with it anyway.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  /** Every run that gets as far as this is counted, whatever becomes of it. */
  async countRun(id: string): Promise<void> {
    await this.pool.query('insert into chaos_run (id, pid) values ($1, $2)', [id, process.pid]);
  }

  /** @returns false if it has died before; it lives if its worker does not live to say that it is dead */
  async diesNow(id: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      'insert into chaos_death (id) values ($1) on conflict do nothing',
      [id],
    );
    return rowCount === 1;
  }

  /**
   * The job's effect, at most once: the row that says it is done is in the same transaction. The table
   * of effects itself takes any number of them, so that a second one would be seen.
   *
   * @returns false if it was done before
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
      // A connection on which something failed may be inside a transaction.
      client.release(failure);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
