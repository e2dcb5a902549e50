import pg from 'pg';
import type { TransactionManager } from '../../connection/transaction-manager';

/** A transaction with the interface of TypeORM's manager. */
export class Manager implements TransactionManager {
  readonly queryRunner = {
    isTransactionActive: true,
    connect: () => Promise.resolve(this.client),
  };

  constructor(private readonly client: pg.PoolClient) {}

  async query<Row>(text: string, values?: unknown[]): Promise<Row[]> {
    return (await this.client.query(text, values)).rows as Row[];
  }

  async end(how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    await this.client.query(how);
    this.queryRunner.isTransactionActive = false;
    this.client.release();
  }
}

/** A database with the interface of TypeORM's `DataSource`. */
export class Transactions {
  /** Is in no transaction. */
  readonly manager: TransactionManager = {};
  private readonly pool: pg.Pool;

  constructor(url: string) {
    this.pool = new pg.Pool({ connectionString: url, max: 5 });
  }

  async query<Row>(text: string, values?: unknown[]): Promise<Row[]> {
    return (await this.pool.query(text, values)).rows as Row[];
  }

  async begin(): Promise<Manager> {
    const client = await this.pool.connect();
    await client.query('BEGIN');
    return new Manager(client);
  }

  async transaction<Result>(run: (manager: Manager) => Promise<Result>): Promise<Result> {
    const manager = await this.begin();
    try {
      const result = await run(manager);
      await manager.end('COMMIT');
      return result;
    } catch (error) {
      await manager.end('ROLLBACK');
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
