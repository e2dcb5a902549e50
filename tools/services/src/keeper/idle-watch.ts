import { ServerSessions } from './server-sessions';

/** When the services were last used, and so when they stop. */
export class IdleWatch {
  private lastUse = Date.now();
  private readonly servers: readonly ServerSessions[];

  /**
   * @param idleMs after how long without use the services stop
   * @param urls where each Postgres is now; `undefined` if it does not run
   */
  constructor(
    private readonly idleMs: number,
    urls: readonly (() => string | undefined)[],
  ) {
    this.servers = urls.map((url) => new ServerSessions(url));
  }

  readonly use = (): void => {
    this.lastUse = Date.now();
  };

  get stopsAt(): Date {
    return new Date(this.lastUse + this.idleMs);
  }

  get isIdle(): boolean {
    return Date.now() >= this.stopsAt.getTime();
  }

  /** Asks the servers whether they were used since the last time. */
  async look(): Promise<void> {
    const used = await Promise.all(this.servers.map((server) => server.wereUsed()));
    if (used.includes(true)) this.use();
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
  }
}
