import * as z from 'zod';
import { checkOptions } from '../limits/check-options';
import { InvalidOptionError } from '../limits/invalid-option.errors';
import { CONTRACT } from '../limits/option-rules';
import { InvalidJobNameError, ResultCodecError } from './define-job.errors';
import { type ChildrenDefinition, defineChildren, type DefinedChildren } from './job-children';
import type { JobDeduplication } from './job-deduplication';
import type { JobContract } from './job-contract';
import type { JobLimit, JobLimitInput } from './job-limit';
import { DEFAULT_JOB_OPTIONS, type JobOptions } from './job-options';
import { DEFAULT_RETENTION, type JobRetention } from './job-retention';
import { type JobSchedules, readSchedules } from './job-schedule';
import { partsOf } from './schema-parts';
import {
  isZodSchema,
  type SchemaInput,
  type SchemaOutput,
  type StandardSchema,
} from './standard-schema';

/** Lower-case words joined by hyphens, so that the name is also a file name and a path in a URL. */
const JOB_NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * Defines a job's contract: the single source of types and validation for producer and processor.
 *
 *     export const emailJob = defineJob({
 *       name: 'email',
 *       data: z.object({ to: z.email(), subject: z.string() }),
 *       result: z.object({ messageId: z.string() }),
 *     });
 *
 * - Data travels as JSON. It is stored unchanged, and parsed with `data` at both ends: the producer
 *   validates it, the worker applies defaults and transforms. So a date is a codec (`z.codec`), of which both ends
 *   have the `Date`, `z.coerce.date()` or `z.iso.datetime()`, never `z.date()`, which no JSON value satisfies.
 * - `z.object` accepts unknown keys, and they are stored; `z.strictObject` refuses them.
 * - `result` defaults to `z.void()`: the processor returns nothing.
 * - `options` are merged over the defaults, key by key: three attempts, about 1 and 2 seconds apart.
 * - `keep` is merged over the defaults, key by key: a completed job is kept for a day, among the latest
 *   ten thousand; a failed one until someone removes it; a cancelled one for a day.
 * - `timeout: 30_000` gives an attempt thirty seconds.
 * - `dedupe: ({ to }) => to` adds no job while another one for the same recipient is unfinished.
 *   `dedupe: { key: ({ to }) => to, window: 60_000 }` adds one job per recipient and minute.
 * - `limit: { by: ({ tenantId }) => tenantId, concurrency: 2 }` runs two jobs of a tenant at a time, across all
 *   workers; `rate: { max: 100, per: '1m' }` starts at most a hundred in any minute.
 * - `schedule: { cron: '0 3 * * *', timezone: 'Europe/Berlin' }` or `schedule: { every: '15m' }` adds a job at each of
 *   these times; `{ nightly: { cron: … }, often: { every: … } }` has several schedules by name.
 * - `redact: ['card.number', 'recipients.*.address']` keeps these values out of logs, of traces and of lists of dead jobs.
 * - `children: { days: dayJob }` lets a job be added together with "day" jobs, for which it waits. If one of them fails,
 *   so does the job; with `{ days: { job: dayJob, onFailure: 'continue' } }` it runs, and is told.
 *
 * - `version: 2` and `upgrade: (data, from) => …` let a worker take jobs that were added before a change of `data`.
 * - `accepts: ['send']` also takes jobs of this name, which plain BullMQ code adds to the queue; `upgrade` is passed the name.
 *
 * @throws InvalidJobNameError if the name is not lower-case words joined by hyphens.
 * @throws ResultCodecError if the result has a codec, and beside it a transform of one direction.
 * @throws InvalidScheduleError if a schedule cannot be read, can never fire, or has data that is not valid.
 * @throws FlowContractError if its children cannot be: with deduplication, or such that lead back to it.
 * @throws InvalidOptionError if a number makes no sense or cannot be stored, such as a timeout of 0 or NaN.
 */
export function defineJob<
  const Name extends string,
  Data extends StandardSchema,
  Result extends StandardSchema = z.ZodVoid,
  // Without children there is no name of any.
  // eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type
  const Children extends ChildrenDefinition = Record<never, never>,
>(contract: {
  name: Name;
  data: Data;
  result?: Result;
  version?: number;
  upgrade?: (
    data: unknown,
    from: number,
    name: string,
  ) => NoInfer<SchemaInput<Data> | Promise<SchemaInput<Data>>>;
  accepts?: readonly string[];
  options?: JobOptions;
  keep?: Partial<JobRetention>;
  timeout?: number;
  dedupe?: JobDeduplication<SchemaOutput<Data>> | JobDeduplication<SchemaOutput<Data>>['key'];
  limit?: JobLimitInput<SchemaOutput<Data>>;
  schedule?: JobSchedules<NoInfer<Data>>;
  redact?: readonly string[];
  children?: Children;
}): JobContract<Name, Data, Result, DefinedChildren<Children>> {
  const { name } = contract;
  if (!JOB_NAME.test(name)) throw new InvalidJobNameError(name);
  const {
    data,
    version = 1,
    upgrade,
    accepts,
    options,
    keep,
    timeout,
    dedupe,
    limit,
    redact,
  } = checkOptions(
    CONTRACT,
    contract,
    (problem) => new InvalidOptionError(`the contract "${name}"`, problem),
  );
  // The type parameter has the same default.
  const result = contract.result ?? (z.void() as StandardSchema as Result);
  requireEncodable(name, result);
  const { schedule } = contract;
  return Object.freeze({
    name,
    data,
    version,
    upgrade,
    accepts: accepts ?? [],
    result,
    options: { ...DEFAULT_JOB_OPTIONS, ...options },
    keep: { ...DEFAULT_RETENTION, ...keep },
    timeout,
    dedupe: typeof dedupe === 'function' ? { key: dedupe } : dedupe,
    // The check has made the period a number.
    limit: limit as JobLimit<SchemaOutput<Data>> | undefined,
    redact,
    schedules: schedule && readSchedules(name, data, schedule),
    // The type follows from the definition.
    children: defineChildren(
      name,
      contract.children,
      Object.entries({ dedupe, limit }).flatMap(([key, value]) =>
        value === undefined ? [] : [key],
      ),
    ) as DefinedChildren<Children>,
  });
}

/** @throws ResultCodecError */
function requireEncodable(name: string, result: StandardSchema): void {
  if (!isZodSchema(result)) return;
  const { hasCodec, hasTransform } = partsOf(result);
  if (hasCodec && hasTransform) throw new ResultCodecError(name);
}
