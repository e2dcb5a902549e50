import { Logger } from '@nestjs/common';
import type { JobReference } from '@libs/queue';
import type { Repository } from 'typeorm';

const logger = new Logger('StoreWithJob');

/**
 * Stores a row and adds the job that works on it, in this order, so that the job finds its row.
 *
 * If the job cannot be added, the row is deleted again: what was refused leaves nothing behind. Only
 * a process that dies between the two steps leaves a row without a job.
 */
export async function storeWithJob<Row extends { id: string }>(
  rows: Repository<Row>,
  row: Parameters<Repository<Row>['insert']>[0] & { id: string },
  addJob: () => Promise<JobReference>,
): Promise<JobReference> {
  await rows.insert(row);
  try {
    return await addJob();
  } catch (error) {
    await rows.delete(row.id).catch((reason: unknown) => {
      logger.error(
        `${rows.metadata.tableName} ${row.id} has no job and could not be deleted: ${String(reason)}`,
      );
    });
    throw error;
  }
}
