import { Injectable } from '@nestjs/common';
import type { JobReference, TransactionOptions } from '@libs/queue';
import type { Repository } from 'typeorm';
import { IdempotentRequests } from '../idempotency/idempotent-requests';

/** Adds the job of a row, with these options. */
type AddJob = (options: TransactionOptions) => Promise<JobReference>;

type NewRow<Row extends object> = Parameters<Repository<Row>['insert']>[0] & { id: string };

/**
 * Stores a row together with its job, in one commit: even after a crash, neither exists without the other,
 * wherever the queues are. For a request repeated with its idempotency key, returns the job of the first
 * request instead.
 */
@Injectable()
export class RowsWithJobs {
  constructor(private readonly requests: IdempotentRequests) {}

  insert<Row extends { id: string }>(
    rows: Repository<Row>,
    row: NewRow<Row>,
    addJob: AddJob,
  ): Promise<JobReference> {
    // A repetition reads what the first request has committed while it waited.
    return rows.manager.transaction('READ COMMITTED', (manager) =>
      this.requests.once(manager, async () => {
        await manager.withRepository(rows).insert(row);
        return addJob({ manager });
      }),
    );
  }
}
