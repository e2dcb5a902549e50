import { Processor } from '@nestjs/bullmq';
import type { ModuleMetadata } from '@nestjs/common';
import { keyLimitsOf, type WithKeyLimits } from '../contract/key-limits';
import type { JobContract } from '../contract/job-contract';
import { checkOptions } from '../limits/check-options';
import { InvalidOptionError } from '../limits/invalid-option.errors';
import { WORKER_OPTIONS } from '../limits/option-rules';
import { type Isolation, isolationOptions } from '../options/isolation-options';
import type { JobHost } from './job-host';
import {
  type BatchOptions,
  type ProcessorWorkerOptions,
  setProcessorMetadata,
} from './processor-metadata';

/** The dependencies of a processor, and the options of its worker; times are in milliseconds. */
export interface JobProcessorOptions
  extends ProcessorWorkerOptions, Pick<ModuleMetadata, 'imports' | 'providers'> {
  /**
   * The maximum number of jobs that this process runs at the same time; of batches, if there is a `batch`.
   * @default 1
   */
  concurrency?: number;
  /**
   * Handles many jobs in one call: the class is a `BatchHost`.
   * @default each job by itself
   */
  batch?: BatchOptions;
  /**
   * Runs the processor outside the worker's event loop, which a CPU-bound job would block: in child
   * processes or threads. At most `concurrency` of them, started on demand.
   * @default in the worker itself
   */
  isolation?: Isolation;
}

/** In milliseconds: how long the first job of a batch waits for more, by default. */
const BATCH_WAIT = 100;

/** In milliseconds: the pause before a worker that lost the store retries. BullMQ's default is 15 seconds. */
const RETRY_AFTER_LOSS = 1_000;

/**
 * How often a job may lose its worker before it fails permanently. BullMQ's default is once: a job fails
 * that was twice in a killed process, through no fault of its own. There is a limit, because the job itself
 * may be what kills its process.
 */
const MAX_STALLED = 10;

/**
 * Makes a class the processor of a job.
 *
 * `imports` is its dependency list: a worker imports these modules only if this processor is selected.
 * `providers` are services for this processor only. All other properties are worker options.
 *
 * Composes `@Processor` of @nestjs/bullmq.
 *
 * @throws InvalidOptionError if a number makes no sense or cannot be stored, such as a `concurrency` of 0.
 */
export function JobProcessor<Contract extends JobContract>(
  job: Contract,
  options: JobProcessorOptions = {},
) {
  return (target: abstract new (...dependencies: never[]) => JobHost<Contract>): void => {
    const owner = `the processor ${target.name} of "${job.name}" jobs`;
    const {
      imports,
      providers,
      isolation,
      concurrency = 1,
      batch,
      ...workerOptions
    } = checkOptions(WORKER_OPTIONS, options, (problem) => new InvalidOptionError(owner, problem));
    requireBatchHost(owner, target.prototype as object, { batch, isolation });
    setProcessorMetadata(target, {
      job,
      imports,
      providers,
      concurrency,
      ...(batch !== undefined && { batch: { wait: BATCH_WAIT, ...batch } }),
      isolation: isolationOptions(isolation),
      workerOptions,
    });
    const keyLimits = keyLimitsOf(job);
    const queueOptions: Parameters<typeof Processor>[1] & WithKeyLimits = {
      runRetryDelay: RETRY_AFTER_LOSS,
      maxStalledCount: MAX_STALLED,
      ...workerOptions,
      // BullMQ fetches each job by itself.
      concurrency: concurrency * (batch?.size ?? 1),
      ...(keyLimits !== undefined && { keyLimits }),
    };
    Processor(job.name, queueOptions)(target);
  };
}

/** @throws InvalidOptionError if the option and the class do not fit together. */
function requireBatchHost(
  owner: string,
  prototype: object,
  { batch, isolation }: Pick<JobProcessorOptions, 'batch' | 'isolation'>,
): void {
  // Not by its class, which most workers need not load.
  const isBatchHost = 'handleBatch' in prototype;
  if (batch === undefined && !isBatchHost) return;
  const refuse = (option: string, value: unknown, expected: string) =>
    new InvalidOptionError(owner, { option, value, expected });
  if (batch === undefined) {
    throw refuse('batch', batch, '{ size: 100 }, or extend JobHost in place of BatchHost');
  }
  if (!isBatchHost) throw refuse('batch', batch, 'it with a class that extends BatchHost');
  if (isolation !== undefined) {
    throw refuse(
      'isolation',
      isolation,
      'no isolation with a batch: a sandbox runs one job at a time',
    );
  }
}
