import type pg from 'pg';

/**
 * Asks the server for an answer without a statement, and so without a transaction: a `Sync` of the protocol, which it
 * answers with whether it is ready. A pooler passes it on.
 */
export function ping(client: pg.Client): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error) => {
      if (error === undefined) resolve();
      else reject(error);
    };
    client.query(new Ping(settle));
  });
}

/** What `pg` calls while it is under way. */
class Ping implements pg.Submittable {
  /** @param callback `pg` puts another one in its place, which ends the timer of `query_timeout`; that keeps a process alive. */
  constructor(private readonly callback: (error?: Error) => void) {}

  submit(connection: pg.Connection): void {
    connection.sync();
  }

  handleReadyForQuery(): void {
    this.callback();
  }

  handleError(error: Error): void {
    this.callback(error);
  }
}
