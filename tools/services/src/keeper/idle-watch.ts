import { Client } from 'pg';

/** When the services were last used, and so when they stop. */
export class IdleWatch {
  private lastUse = Date.now();
  private sessions: string | undefined;
  private client: Client | undefined;

  /**
   * @param idleMs after how long without use the services stop
   * @param databaseUrl where Postgres is now; `undefined` if it does not run
   */
  constructor(
    private readonly idleMs: number,
    private readonly databaseUrl: () => string | undefined,
  ) {}

  readonly use = (): void => {
    this.lastUse = Date.now();
  };

  get stopsAt(): Date {
    return new Date(this.lastUse + this.idleMs);
  }

  get isIdle(): boolean {
    return Date.now() >= this.stopsAt.getTime();
  }

  /**
   * Looks at Postgres. Open sessions are use, and so are those that came and went since the last
   * look, which only a counter of the server tells.
   */
  async look(): Promise<void> {
    const client = await this.connection();
    if (!client) return;
    try {
      const { rows } = await client.query<{ open: boolean; sessions: string }>(`
        select
          exists (select from pg_stat_activity
            where backend_type = 'client backend' and pid <> pg_backend_pid()) as open,
          (select sum(sessions)::text from pg_stat_database) as sessions`);
      const [row] = rows;
      if (row && (row.open || row.sessions !== this.sessions)) this.use();
      this.sessions = row?.sessions;
    } catch {
      await this.close();
    }
  }

  async close(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  /** One connection, kept: a new one at each look would itself be counted as a session. */
  private async connection(): Promise<Client | undefined> {
    if (this.client) return this.client;
    const connectionString = this.databaseUrl();
    if (!connectionString) return undefined;
    const client = new Client({ connectionString, application_name: 'services-keeper' });
    client.on('error', () => {
      if (this.client === client) this.client = undefined;
    });
    try {
      await client.connect();
    } catch {
      return undefined;
    }
    this.client = client;
    return client;
  }
}
