import type pg from 'pg';

/**
 * Asks the server for an answer without a statement, and so without a transaction: a `Sync` of the protocol, which it
 * answers with whether it is ready. A pooler passes it on.
 */
export function ping(client: pg.Client): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new Ping(resolve, reject));
  });
}

/** What `pg` calls while it is under way. */
class Ping implements pg.Submittable {
  constructor(
    readonly handleReadyForQuery: () => void,
    readonly handleError: (error: Error) => void,
  ) {}

  submit(connection: pg.Connection): void {
    connection.sync();
  }
}
