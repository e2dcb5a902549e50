import { Client } from 'pg';

/** Detects by its sessions whether a Postgres server is in use. */
export class ServerSessions {
  private count: string | undefined;
  private client: Client | undefined;

  /** @param url the server's current URL; `undefined` if it does not run */
  constructor(private readonly url: () => string | undefined) {}

  /**
   * Whether it was used since the last call. Open sessions count as use, and so do sessions that came and
   * went meanwhile, which only a counter of the server shows.
   */
  async wereUsed(): Promise<boolean> {
    const client = await this.connection();
    if (!client) return false;
    try {
      const { rows } = await client.query<{ open: boolean; count: string }>(`
        select
          exists (select from pg_stat_activity
            where backend_type = 'client backend' and pid <> pg_backend_pid()) as open,
          (select sum(sessions)::text from pg_stat_database) as count`);
      const [row] = rows;
      const used = row !== undefined && (row.open || row.count !== this.count);
      this.count = row?.count;
      return used;
    } catch {
      await this.close();
      return false;
    }
  }

  async close(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  /** One persistent connection: a new one each time would itself be counted as a session. */
  private async connection(): Promise<Client | undefined> {
    if (this.client) return this.client;
    const connectionString = this.url();
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
