import { ServerSessions } from './server-sessions';

/** Tracks when the services were last used, and so when they stop. */
export class IdleWatch {
  private lastUse = Date.now();
  private readonly servers: readonly ServerSessions[];

  /**
   * @param idleMs how long the services keep running without use
   * @param urls the current URL of each Postgres; `undefined` if it does not run
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

  /** Polls the servers for use since the last call. */
  async look(): Promise<void> {
    const used = await Promise.all(this.servers.map((server) => server.wereUsed()));
    if (used.includes(true)) this.use();
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
  }
}
