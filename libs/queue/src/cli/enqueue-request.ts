import { LONGEST_DELAY } from '../limits/numbers';
import { CommandError } from './command.error';

/** The options of `enqueue`. */
export interface EnqueueOptions {
  /** The job's data, as JSON. @default '{}' */
  data?: string;
  /** How many jobs to add, all with the same data. @default 1 */
  count?: number;
  /** How long each waits before it may run, in milliseconds. @default 0 */
  delay?: number;
  /** Whether to wait until the jobs have ended. @default false */
  wait?: boolean;
}

export interface EnqueueRequest extends Required<Omit<EnqueueOptions, 'data'>> {
  data: unknown;
}

/** Throws `CommandError` if an option is not valid. */
export function enqueueRequest({
  data = '{}',
  count = 1,
  delay = 0,
  wait = false,
}: EnqueueOptions): EnqueueRequest {
  if (!Number.isInteger(count) || count < 1) {
    throw new CommandError(`--count must be a whole number of at least 1, and is ${count}.`);
  }
  if (!Number.isInteger(delay) || delay < 0 || delay > LONGEST_DELAY) {
    throw new CommandError(
      `--delay must be a whole number of milliseconds from 0 to ${LONGEST_DELAY}, and is ${delay}.`,
    );
  }
  return { data: parseData(data), count, delay, wait };
}

function parseData(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new CommandError(
      `--data is not JSON (${(error as Error).message}): ${text}\n` +
        `Put it in single quotes, or the shell removes the double ones: --data='{"id":"1"}'`,
      { cause: error },
    );
  }
}
