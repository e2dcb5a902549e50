import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Client } from 'pg';
import { QueueWorkerModule } from '../../module/queue-worker.module';
import { QueueModule } from '../../module/queue.module';
import { JobProcessor } from '../job-processor.decorator';
import type { TransactionalJobContext } from '../transactional-job-context';
import { TransactionalJobHost } from '../transactional-job-host';
import { commitJob } from './commit.contract';

/*
 * A worker that is killed by its own job: before its transaction is committed, or by the answer to the commit, before
 * anything else is done in this process. Argument: the URL of the database.
 */

const [url = ''] = process.argv.slice(2);

@JobProcessor(commitJob, { lockDuration: 1_000, stalledInterval: 500 })
class KilledProcessor extends TransactionalJobHost<typeof commitJob> {
  async handleAndComplete({ data, complete }: TransactionalJobContext<typeof commitJob>) {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query('BEGIN');
    await client.query('INSERT INTO written (row) VALUES ($1)', [data.row]);
    const queryRunner = { isTransactionActive: true, connect: () => Promise.resolve(client) };
    const completion = await complete({ queryRunner }, { row: data.row });
    if (data.what === 'killed before the commit') process.kill(process.pid, 'SIGKILL');
    client.once('drain', () => process.kill(process.pid, 'SIGKILL'));
    await client.query('COMMIT');
    return completion;
  }
}

async function main(): Promise<void> {
  const queues = QueueModule.forRoot({ url, applicationName: 'killed worker' });
  const module = class WorkerModule extends Object {};
  await NestFactory.createApplicationContext(
    { module, imports: [queues, QueueWorkerModule.forProcessors([KilledProcessor])] },
    { logger: ['error', 'warn'] },
  );
}

void main();
