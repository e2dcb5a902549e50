import { LONGEST_DELAY } from '../limits/numbers';
import { CommandError } from './command.error';

/** The options of `enqueue`. */
export interface EnqueueOptions {
  /** The job's data, as JSON. @default '{}' */
  data?: string;
  /** Its children, as JSON: what `add` takes. The job waits for them. @default none */
  children?: string;
  /** How many jobs to add, all with the same data. @default 1 */
  count?: number;
  /** How long each waits before it may run, in milliseconds. @default 0 */
  delay?: number;
  /** Whether to wait until the jobs have ended. @default false */
  wait?: boolean;
}

/** The children of a job, by name. The contract checks names and data. */
export type RequestedChildren = Readonly<Record<string, readonly { readonly data: unknown }[]>>;

export interface EnqueueRequest extends Required<Omit<EnqueueOptions, 'data' | 'children'>> {
  data: unknown;
  children: RequestedChildren | undefined;
}

/** Throws `CommandError` if an option is not valid. */
export function enqueueRequest({
  data = '{}',
  children,
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
  return {
    data: parseJson('data', data, '{"id":"1"}'),
    children: children === undefined ? undefined : parseChildren(children),
    count,
    delay,
    wait,
  };
}

const CHILDREN_EXAMPLE = '{"days":[{"data":{"day":"2027-01-01"}}]}';

function parseChildren(text: string): RequestedChildren {
  const children = parseJson('children', text, CHILDREN_EXAMPLE);
  if (!isObject(children) || !Object.values(children).every(isListOfChildren)) {
    throw new CommandError(
      `--children must be lists of children by their name in the contract, each with its data, and is ${text}\n` +
        `For example: --children='${CHILDREN_EXAMPLE}'`,
    );
  }
  return children as RequestedChildren;
}

function isListOfChildren(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      (child: unknown) =>
        isObject(child) &&
        'data' in child &&
        Object.values(isObject(child['children']) ? child['children'] : {}).every(isListOfChildren),
    )
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(option: string, text: string, example: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new CommandError(
      `--${option} is not JSON (${(error as Error).message}): ${text}\n` +
        `Put it in single quotes, or the shell removes the double ones: --${option}='${example}'`,
      { cause: error },
    );
  }
}
