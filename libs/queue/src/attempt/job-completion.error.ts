import { QueueError } from '../errors/queue.error';

/** Why a job was not completed in the transaction of its handler. */
export type CompletionProblem =
  /** The manager is in no transaction. */
  | 'no transaction'
  /** Its transaction is not in the database that holds the queue. */
  | 'other database'
  /** The job is completed in another transaction, which has not ended. */
  | 'twice'
  /** The job is not this attempt's any more: its lock was lost, or it has ended already. */
  | 'lost'
  /** The attempt has ended: its time was over, or its worker stops. */
  | 'ended'
  /** The transaction was rolled back, or `handleAndComplete` returned before it was committed. */
  | 'not committed'
  /** Progress, data or a log line of a job that is completed, and not committed yet. */
  | 'completed';

const WORDS: Readonly<Record<CompletionProblem, string>> = {
  'no transaction':
    'the given manager is not inside a transaction, or its transaction has ended. Pass what the transaction hands to its ' +
    'function, such as the manager of `dataSource.transaction(async (manager) => …)` or `fromPrisma(tx)`, and await ' +
    '`complete` in there',
  'other database':
    'its transaction belongs to another database than the queue. Keep the queues in the database of your tables, ' +
    'or extend JobHost and use ProcessedJobs',
  twice: 'it is being completed in another transaction. Complete it once, as the last statement',
  lost:
    'it is not run by this attempt any more: it has ended, or its worker lost its lock and another one runs it. ' +
    'The transaction was rolled back; nothing is to be done',
  ended:
    'its attempt has ended: it took longer than its timeout, was cancelled, or its worker stops. The transaction ' +
    'must be rolled back: let the error pass',
  'not committed':
    'handleAndComplete returned before its transaction was committed, or it was rolled back. Return what `complete` ' +
    'returned, after the transaction',
  completed:
    'its end is part of a transaction that has not been committed. Report progress and write log lines before `complete`',
};

/**
 * A job was not completed in the transaction of its handler, and nothing of that transaction is kept. The attempt has
 * failed.
 *
 * To do: as the message says; where another worker has taken the job over, nothing.
 *
 * @group Failed attempts
 */
export class JobCompletionError extends QueueError {
  readonly code = 'JOB_COMPLETION';

  constructor(
    /** The contract's name. */
    readonly job: string,
    readonly jobId: string,
    readonly problem: CompletionProblem,
    options?: ErrorOptions,
  ) {
    super(`The "${job}" job ${jobId} was not completed: ${WORDS[problem]}.`, options);
  }
}
