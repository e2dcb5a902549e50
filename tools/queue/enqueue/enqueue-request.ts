import type { Contract, QueueWorkspace } from '../workspace/index';
import { listContracts, PLUGIN_NAME } from '../workspace/index';
import { EnqueueError } from './enqueue.error';
import type { EnqueueOptions } from './enqueue-options';

/** What the program that adds the jobs is told, as JSON on its standard input. */
export interface EnqueueRequest {
  /** Where the queues are. */
  url: string;
  /** The project that the person named, for messages. */
  project: string;
  data: unknown;
  count: number;
  /** In milliseconds. */
  delay: number;
  wait: boolean;
}

/** Throws `EnqueueError` if there is no such contract. */
export function findContract(workspace: QueueWorkspace, job: string): Contract {
  const contracts = listContracts(workspace);
  const found = contracts.find(({ name }) => name === job);
  if (found) return found;
  const known = contracts
    .flatMap(({ name }) => name ?? [])
    .sort()
    .join(', ');
  throw new EnqueueError(
    known === ''
      ? `There is no job "${job}", and no other. Add one: npx nx g ${PLUGIN_NAME}:processor ${job}`
      : `There is no job "${job}". This workspace has: ${known}.`,
  );
}

/** Throws `EnqueueError` if an option makes no sense. */
export function enqueueRequest(
  { data = '{}', count = 1, delay = 0, wait = false }: EnqueueOptions,
  project: string,
  env: NodeJS.ProcessEnv,
): EnqueueRequest {
  if (!Number.isInteger(count) || count < 1) {
    throw new EnqueueError(`--count must be a whole number of at least 1, and is ${count}.`);
  }
  if (!Number.isInteger(delay) || delay < 0) {
    throw new EnqueueError(`--delay must be a whole number of milliseconds, and is ${delay}.`);
  }
  const url = env['QUEUE_URL'] || env['DATABASE_URL'];
  if (!url) {
    throw new EnqueueError(
      'Where are the queues? Set DATABASE_URL (or QUEUE_URL), or set "environmentCommand" ' +
        `in the options of the target to a command that prints it.`,
    );
  }
  return { url, project, data: parseData(data), count, delay, wait };
}

function parseData(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new EnqueueError(
      `--data is not JSON (${(error as Error).message}): ${text}\n` +
        `Put it in single quotes, or the shell takes the double ones away: --data='{"id":"1"}'`,
      { cause: error },
    );
  }
}
