import { QueueError } from '../../errors/queue.error';

/**
 * The file that a worker starts its sandboxes with was started by itself.
 *
 * To do: start the worker (`node main.js`), which starts its sandboxes.
 *
 * @group Contracts and processors
 */
export class SandboxAloneError extends QueueError {
  readonly code = 'SANDBOX_ALONE';
  override readonly userFacing = true;

  constructor() {
    super(
      'This file runs one processor for a worker, and the worker starts it. Start the worker: ' +
        '`node main.js`.',
    );
  }
}
