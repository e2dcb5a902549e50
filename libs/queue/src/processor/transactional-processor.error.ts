import { QueueError } from '../errors/queue.error';

/**
 * A processor completes its jobs in its own transactions (`TransactionalJobHost`), and the queue is in no database that
 * it could share, or the processor is isolated.
 *
 * To do: keep the queues in the Postgres database of your tables and run the processor in the worker; or extend
 * `JobHost`, and use `ProcessedJobs`.
 *
 * @group Contracts and processors
 */
export class TransactionalProcessorError extends QueueError {
  readonly code = 'TRANSACTIONAL_PROCESSOR';
  override readonly userFacing = true;

  constructor(
    /** The class. */
    readonly processor: string,
    why: string,
  ) {
    super(
      `${processor} extends TransactionalJobHost, and ${why}. Extend JobHost and use ProcessedJobs, ` +
        'or run it in a worker with its queues in the Postgres database of its tables.',
    );
  }
}
