import { Logger } from '@nestjs/common';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { AnsweredClient } from './answered-client';

/**
 * Ends each connection that comes back to the pool with an open transaction, which rolls that back. TypeORM (1.1.1) hands
 * it to the next statement as it is: what others write then would be lost with it
 * (`findings/typeorm-release-keeps-the-transaction-open.sh`).
 */
export function endForgottenTransactions(dataSource: DataSource): void {
  const logger = new Logger('Database');
  // TypeORM types it as any; `driver: pg` of our options makes it one of these.
  const { master } = dataSource.driver as unknown as { master: Pool | undefined };
  master?.on('release', (_error, client) => {
    // `I` is idle; null comes before the first answer. With a lost connection its transaction is over.
    if ((client.getTransactionStatus() ?? 'I') === 'I') return;
    if (client instanceof AnsweredClient && client.isLost) return;
    // Its stack names the line that released it.
    const { stack } = new Error(
      'A transaction was neither committed nor rolled back when its connection was released, so it is rolled back. ' +
        'Use dataSource.transaction(), or end it on each way out.',
    );
    logger.error(stack);
    void client.end();
  });
}
