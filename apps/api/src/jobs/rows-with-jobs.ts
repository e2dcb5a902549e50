import { Inject, Injectable, Logger } from '@nestjs/common';
import type { JobReference, TransactionOptions } from '@libs/queue';
import type { Repository } from 'typeorm';
import { API_CONFIG, type ApiConfig } from '../config';

/** Adds the job of a row, with the options that it is given. */
type AddJob = (options: TransactionOptions) => Promise<JobReference>;

type NewRow<Row extends object> = Parameters<Repository<Row>['insert']>[0] & { id: string };

/**
 * Stores a row together with the job that works on it.
 *
 * Where the queues are in the database of the tables, the two are one commit: whatever dies, neither
 * is there without the other. Where `QUEUE_URL` names another database they are two steps, in this
 * order, so that the job finds its row. If the job cannot be added, the row is deleted again; only a
 * process that dies between the steps leaves a row without a job.
 */
@Injectable()
export class RowsWithJobs {
  private readonly logger = new Logger('RowsWithJobs');
  private readonly oneDatabase: boolean;

  constructor(@Inject(API_CONFIG) { DATABASE_URL, QUEUE_URL = DATABASE_URL }: ApiConfig) {
    this.oneDatabase = addressOf(QUEUE_URL) === addressOf(DATABASE_URL);
  }

  insert<Row extends { id: string }>(
    rows: Repository<Row>,
    row: NewRow<Row>,
    addJob: AddJob,
  ): Promise<JobReference> {
    return this.oneDatabase ? inOneCommit(rows, row, addJob) : this.inTwoSteps(rows, row, addJob);
  }

  private async inTwoSteps<Row extends { id: string }>(
    rows: Repository<Row>,
    row: NewRow<Row>,
    addJob: AddJob,
  ): Promise<JobReference> {
    await rows.insert(row);
    try {
      return await addJob({});
    } catch (error) {
      await rows.delete(row.id).catch((reason: unknown) => {
        this.logger.error(
          `${rows.metadata.tableName} ${row.id} has no job and could not be deleted: ${String(reason)}`,
        );
      });
      throw error;
    }
  }
}

function inOneCommit<Row extends { id: string }>(
  rows: Repository<Row>,
  row: NewRow<Row>,
  addJob: AddJob,
): Promise<JobReference> {
  return rows.manager.transaction(async (manager) => {
    await manager.withRepository(rows).insert(row);
    return addJob({ manager });
  });
}

/**
 * Two users or sets of options may lead to one database. Two names of one host count as two databases,
 * which costs the single commit and nothing else.
 */
function addressOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port || '5432'}${pathname}`;
}
