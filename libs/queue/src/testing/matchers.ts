import { hasRealStore, recordedJobs, type RecordedJobs } from './recorded-jobs';

/** How many jobs, and with which of BullMQ's options. */
export interface EnqueuedOptions {
  /** @default at least one */
  readonly times?: number;
  readonly [option: string]: unknown;
}

/** What the `expect` of Jest and of Vitest passes to a matcher; only what is used here. */
export interface MatcherContext {
  readonly isNot?: boolean;
  readonly equals: (a: unknown, b: unknown, testers?: never[]) => boolean;
  readonly utils: {
    readonly printExpected: (value: unknown) => string;
    readonly printReceived: (value: unknown) => string;
    readonly diff: (a: unknown, b: unknown) => string | null | undefined;
    readonly iterableEquality: unknown;
    readonly subsetEquality: unknown;
  };
}

export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** How many jobs a message shows. */
const SHOWN = 5;

/**
 * The matchers of tests without a store. Jest has them as soon as `@libs/queue/testing` is imported; so does Vitest with
 * `globals: true`. Otherwise: `expect.extend(queueMatchers)`.
 */
export const queueMatchers = {
  /**
   * `expect(jobs.added(emailJob))`, or `expect(producer)`: a job was added with these data, and maybe more.
   *
   * @param data a part of the data, with asymmetric matchers; as it was given, or as the processor receives it
   * @param options how often, and a part of the job's options
   */
  toHaveEnqueued(
    this: MatcherContext,
    received: unknown,
    data?: unknown,
    { times, ...options }: EnqueuedOptions = {},
  ): MatcherResult {
    const recorded = recordedJobs(received);
    if (recorded === undefined) return unusable(this, received);
    const { iterableEquality, subsetEquality } = this.utils;
    const testers = [iterableEquality, subsetEquality] as never[];
    const isPart = (whole: unknown, part: unknown) =>
      part === undefined || this.equals(whole, part, testers);
    const matching = recorded.jobs.filter(
      (job) => (isPart(job.data, data) || isPart(job.stored, data)) && isPart(job.options, options),
    );
    const pass = times === undefined ? matching.length > 0 : matching.length === times;
    const hasOptions = Object.keys(options).length > 0;
    return {
      pass,
      message: () =>
        [
          `expect(jobs)${this.isNot === true ? '.not' : ''}.toHaveEnqueued(data, options)`,
          '',
          `Expected${this.isNot === true ? ' not' : ''}: ${amount(times)}${
            data === undefined ? '' : ` with ${this.utils.printExpected(data)}`
          }${hasOptions ? `, and the options ${this.utils.printExpected(options)}` : ''}`,
          ...describeFound(this, recorded, matching.length),
          ...(pass ? [] : difference(this, recorded, { data, options, hasOptions })),
        ].join('\n'),
    };
  },
};

function amount(times: number | undefined): string {
  if (times === undefined) return 'a job';
  return times === 1 ? '1 job' : `${times} jobs`;
}

function describeFound(
  { utils }: MatcherContext,
  { jobs, perQueue }: RecordedJobs,
  matching: number,
): string[] {
  if (jobs.length === 0) {
    const others = [...perQueue].map(([queue, count]) => `${queue} (${count})`);
    const elsewhere = others.length === 0 ? '' : ` In other queues: ${others.join(', ')}.`;
    return [`Enqueued: none.${elsewhere}`];
  }
  const shown = jobs
    .slice(0, SHOWN)
    .map(({ id, stored }) => `  ${id}: ${utils.printReceived(stored)}`);
  const more = jobs.length > SHOWN ? [`  and ${jobs.length - SHOWN} more`] : [];
  return [`Enqueued: ${jobs.length}, of which ${matching} match`, ...shown, ...more];
}

interface Wanted {
  readonly data: unknown;
  readonly options: Readonly<Record<string, unknown>>;
  readonly hasOptions: boolean;
}

/** Of the one job that there is: what a person looks for. */
function difference(
  { utils }: MatcherContext,
  { jobs }: RecordedJobs,
  { data, options, hasOptions }: Wanted,
): string[] {
  const [only, ...others] = jobs;
  if (only === undefined || others.length > 0) return [];
  const parts = [
    data === undefined ? undefined : utils.diff(data, partOf(only.stored, data)),
    hasOptions ? utils.diff(options, partOf(only.options, options)) : undefined,
  ];
  return parts.flatMap((part) => (part === null || part === undefined ? [] : ['', part]));
}

/** Only the keys that were asked for: the others are not what is different. */
function partOf(value: unknown, wanted: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(value)) return value;
  const keys = Object.keys(wanted).filter((key) => key in value);
  return Object.fromEntries(keys.map((key) => [key, Reflect.get(value, key) as unknown]));
}

function unusable({ isNot = false }: MatcherContext, received: unknown): MatcherResult {
  const why = hasRealStore(received)
    ? 'its jobs are in a real store. Make the module with QueueModule.forTesting()'
    : 'it takes jobs.added(contract), or a producer of a module made by QueueModule.forTesting()';
  // It is a mistake either way.
  return { pass: isNot, message: () => `toHaveEnqueued cannot be used here: ${why}.` };
}

declare global {
  // The types of Jest's matchers are extended in this way only.
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace jest {
    interface Matchers<R> {
      /**
       * Of `jobs.added(contract)` or a producer: a job was added with these data, and maybe more.
       *
       * @param data a part of the data, as it was given or as the processor receives it
       * @param options how often, and a part of the job's options
       */
      toHaveEnqueued(data?: unknown, options?: EnqueuedOptions): R;
    }
  }
}

interface Extendable {
  extend(matchers: typeof queueMatchers): void;
}

/** For runners whose `expect` is global. */
function registerMatchers(): void {
  const { expect } = globalThis as { readonly expect?: Partial<Extendable> };
  if (typeof expect?.extend === 'function') expect.extend(queueMatchers);
}

registerMatchers();
