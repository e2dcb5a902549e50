import { QueueError } from '../errors/queue.error';

/**
 * The worker of a processor is not a `QueueWorker`, because the application has set
 * `BullModule.workerClass` itself.
 *
 * To do: remove the assignment to `BullModule.workerClass`.
 *
 * @group Contracts and processors
 */
export class WorkerClassError extends QueueError {
  readonly code = 'WORKER_CLASS';
  override readonly userFacing = true;

  constructor(
    readonly queue: string,
    /** The class that was found. */
    readonly found: string,
  ) {
    super(
      `The worker of "${queue}" is a ${found}, and jobs need a QueueWorker. ` +
        'Remove the assignment to BullModule.workerClass.',
    );
  }
}
