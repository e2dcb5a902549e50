import pg from 'pg';
import type { TransactionManager } from '../../connection/transaction-manager';

/** A transaction on its own connection, with the interface of TypeORM's manager; for tests. */
export class Transaction implements TransactionManager {
  readonly queryRunner = {
    isTransactionActive: true,
    connect: () => Promise.resolve(this.client),
  };

  private constructor(readonly client: pg.Client) {}

  static async begin(url: string): Promise<Transaction> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('BEGIN');
    return new Transaction(client);
  }

  query(text: string): Promise<pg.QueryResult> {
    return this.client.query(text);
  }

  async end(how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    await this.client.query(how);
    await this.client.end();
  }
}
