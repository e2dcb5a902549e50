import { QueueError } from '../errors/queue.error';

/** A schedule as it stands in a contract. */
export interface WrittenSchedule {
  /** The contract's name. */
  readonly job: string;
  /** The schedule's name. */
  readonly schedule: string;
  /** What it says about its times, such as `cron: '0 3 * *', timezone: 'Europe/Berlin'`. */
  readonly written: string;
}

/**
 * A schedule of a contract cannot be read, can never fire, names an unknown zone, or has data that the contract's
 * schema does not accept.
 *
 * To do: correct the schedule as the message says.
 *
 * @group Contracts and processors
 */
export class InvalidScheduleError extends QueueError {
  readonly code = 'INVALID_SCHEDULE';
  override readonly userFacing = true;
  /** The contract's name. */
  readonly job: string;
  /** The schedule's name. */
  readonly schedule: string;

  constructor({ job, schedule, written }: WrittenSchedule, problem: string) {
    super(
      `The schedule "${schedule}" of the contract "${job}" (${written}) is not valid: ${problem}.`,
    );
    this.job = job;
    this.schedule = schedule;
  }
}
