import { QueueError } from '../errors/queue.error';

/**
 * A processor, or something that it injects, is request-scoped or transient, and a processor lives as long as
 * its worker.
 *
 * To do: inject providers of the default scope only, and pass on what differs for each job.
 *
 * @group Contracts and processors
 */
export class ScopedProcessorError extends QueueError {
  readonly code = 'SCOPED_PROCESSOR';
  override readonly userFacing = true;

  constructor(
    /** The class. */
    readonly processor: string,
  ) {
    super(
      `${processor} is, or injects, a request-scoped or transient provider. A processor lives as long ` +
        'as its worker. Inject providers of the default scope, and pass on what differs for each job.',
    );
  }
}
