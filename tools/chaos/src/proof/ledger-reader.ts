import { Client } from 'pg';
import type { Cancel } from './cancel-breaches';
import type { SlotRun } from './limit-breaches';
import type { CommittedRow } from './ledger';

/** The rows that the programs have written. */
export interface LedgerRows {
  committed: CommittedRow[];
  runs: { id: string; times: number }[];
  effects: { id: string; times: number }[];
  deaths: number;
  cancels: Cancel[];
  slots: SlotRun[];
  ticks: { at: number; added: number }[];
}

/** The controller's view of the ledger. Each query has a connection of its own, since faults end connections. */
export class LedgerReader {
  constructor(private readonly url: string) {}

  async create(): Promise<void> {
    await this.query(`
      create table chaos_committed (
        id text primary key, key text, same_as text, parent text, is_needed boolean
      );
      create table chaos_cancel (id text primary key, answer text, answered timestamptz);
      create table chaos_slot (
        run bigserial primary key, id text not null, tenant text not null,
        started timestamptz not null default clock_timestamp(), ended timestamptz
      );
      create table chaos_processed (id text primary key);
      create table chaos_run (id text not null, pid int not null, at timestamptz not null);
      create table chaos_death (id text primary key);
      create table chaos_tick (at bigint, added bigint, primary key (at, added));
      create table chaos_effect (id text not null);
    `);
  }

  /** How many jobs are committed, and how many are done. */
  async progress(): Promise<{ committed: number; done: number }> {
    const [row] = await this.query<{ committed: number; done: number }>(
      `select (select count(*) from chaos_committed)::int as committed,
              (select count(distinct id) from chaos_effect)::int as done`,
    );
    return row ?? { committed: 0, done: 0 };
  }

  /** How many rows are in the outbox; 0 if there is no outbox. */
  async unpublished(): Promise<number> {
    const [found] = await this.query<{ exists: boolean }>(
      "select to_regclass('queue_outbox.job') is not null as exists",
    );
    if (found?.exists !== true) return 0;
    const [row] = await this.query<{ count: number }>(
      'select count(*)::int as count from queue_outbox.job',
    );
    return row?.count ?? 0;
  }

  async rows(): Promise<LedgerRows> {
    const [deaths] = await this.query<{ count: number }>(
      'select count(*)::int as count from chaos_death',
    );
    return {
      committed: await this.query(
        `select id, key, same_as as "sameAs", parent, is_needed as "isNeeded"
          from chaos_committed order by id`,
      ),
      cancels: await this.query(
        `select id, answer, answered < (select min(at) from chaos_run run where run.id = cancel.id)
            is true as "ranAfter" from chaos_cancel cancel`,
      ),
      slots: await this.query(
        `select id, tenant, extract(epoch from started)::float8 * 1000 as started,
            extract(epoch from ended)::float8 * 1000 as ended from chaos_slot`,
      ),
      deaths: deaths?.count ?? 0,
      ticks: await this.query(
        'select at::float8 as at, added::float8 as added from chaos_tick order by at',
      ),
      runs: await this.query('select id, count(*)::int as times from chaos_run group by id'),
      effects: await this.query('select id, count(*)::int as times from chaos_effect group by id'),
    };
  }

  /** What exited processes still hold in the database, each a sentence. */
  async leftovers(): Promise<string[]> {
    const connections = await this.query<{ name: string; count: number }>(
      `select application_name as name, count(*)::int as count from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
          and backend_type = 'client backend' group by 1`,
    );
    const locks = await this.query<{ locktype: string; count: number }>(
      `select locktype, count(*)::int as count from pg_locks l join pg_stat_activity a using (pid)
        where pid <> pg_backend_pid() and backend_type = 'client backend'
          and a.datname = current_database() group by 1`,
    );
    const unpublished = await this.unpublished();
    const prepared = await this.query('select gid from pg_prepared_xacts');
    return [
      ...connections.map(({ name, count }) => `${count} connection(s) of ${name}`),
      ...locks.map(({ locktype, count }) => `${count} lock(s) of the type ${locktype}`),
      ...(unpublished > 0 ? [`${unpublished} row(s) in the outbox`] : []),
      ...(prepared.length > 0 ? [`${prepared.length} prepared transaction(s)`] : []),
    ];
  }

  private async query<Row extends object>(sql: string): Promise<Row[]> {
    const client = new Client({ connectionString: this.url, application_name: 'chaos-controller' });
    // The query fails with the same error.
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }
}
