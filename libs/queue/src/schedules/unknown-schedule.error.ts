import { QueueError } from '../errors/queue.error';
import { suggest } from '../text/suggest';

/**
 * The contract of a queue has no schedule of that name.
 *
 * To do: use one of the schedules in the message.
 *
 * @group Operating queues
 */
export class UnknownScheduleError extends QueueError {
  readonly code = 'UNKNOWN_SCHEDULE';
  override readonly userFacing = true;

  constructor(
    readonly queue: string,
    readonly schedule: string,
    readonly known: readonly string[],
  ) {
    const meant = suggest(schedule, known);
    const question = meant === undefined ? '' : ` Did you mean "${meant}"?`;
    const others = known.length === 0 ? 'It has none' : `It has: ${known.join(', ')}`;
    super(`The contract "${queue}" has no schedule "${schedule}".${question} ${others}.`);
  }
}
