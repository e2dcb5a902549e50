import { Processor } from '@nestjs/bullmq';
import type { ModuleMetadata } from '@nestjs/common';
import type { JobContract } from '../contract/job-contract';
import { type Isolation, isolationOptions } from '../options/isolation-options';
import type { JobHost } from './job-host';
import { type ProcessorWorkerOptions, setProcessorMetadata } from './processor-metadata';

/** What a processor needs, and how a worker runs it; times are in milliseconds. */
export interface JobProcessorOptions
  extends ProcessorWorkerOptions, Pick<ModuleMetadata, 'imports' | 'providers'> {
  /**
   * How many jobs this process runs at the same time.
   * @default 1
   */
  concurrency?: number;
  /**
   * Runs the processor outside of the worker's event loop, which a job that computes would block: in
   * child processes, or in threads. At most `concurrency` of them, started when they are needed.
   * @default in the worker itself
   */
  isolation?: Isolation;
}

/** In milliseconds, until a worker that lost the store tries again. BullMQ would wait 15 seconds. */
const RETRY_AFTER_LOSS = 1_000;

/**
 * How often a job may lose its worker until it fails for good. BullMQ would allow it once, and then a
 * job fails that was twice in a process that was killed, through no fault of its own. Not without a
 * limit, because a job may be what kills its process.
 */
const MAX_STALLED = 10;

/**
 * Makes a class the processor of a job.
 *
 * `imports` is its dependency list: a worker imports these modules only if this processor is selected.
 * `providers` are services that only this processor needs. Everything else is an option of the worker.
 *
 * Composes `@Processor` of @nestjs/bullmq.
 */
export function JobProcessor<Contract extends JobContract>(
  job: Contract,
  { imports, providers, isolation, concurrency = 1, ...workerOptions }: JobProcessorOptions = {},
) {
  return (target: abstract new (...dependencies: never[]) => JobHost<Contract>): void => {
    setProcessorMetadata(target, {
      job,
      imports,
      providers,
      concurrency,
      isolation: isolationOptions(isolation),
      workerOptions,
    });
    const decorate = Processor(job.name, {
      runRetryDelay: RETRY_AFTER_LOSS,
      maxStalledCount: MAX_STALLED,
      ...workerOptions,
      concurrency,
    });
    decorate(target);
  };
}
