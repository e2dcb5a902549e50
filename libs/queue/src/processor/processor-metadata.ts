import type { ModuleMetadata } from '@nestjs/common';
import type { WorkerOptions } from 'bullmq';
import type { JobContract } from '../contract/job-contract';
import type { IsolationOptions } from '../options/isolation-options';
import { MissingContractError } from './missing-contract.error';

/** The BullMQ worker options that belong to a processor; times are in milliseconds. */
export type ProcessorWorkerOptions = Pick<
  WorkerOptions,
  | 'limiter'
  | 'lockDuration'
  | 'maxStalledCount'
  | 'maxStartedAttempts'
  | 'metrics'
  | 'stalledInterval'
  | 'telemetry'
>;

/** How the jobs of a processor are put into batches; times are in milliseconds. */
export interface BatchOptions {
  /** The most jobs of a batch. */
  readonly size: number;
  /**
   * How long the first job of a batch waits for more, if there are fewer.
   * @default 100
   */
  readonly wait?: number;
}

/** The metadata that `@JobProcessor` stores on a class. */
export interface ProcessorMetadata extends Pick<ModuleMetadata, 'imports' | 'providers'> {
  readonly job: JobContract;
  /** How many jobs, or batches, run at the same time. */
  readonly concurrency: number;
  /** Set if jobs are handled in batches. */
  readonly batch?: Required<BatchOptions>;
  /** Undefined: the processor runs in its worker. */
  readonly isolation?: IsolationOptions;
  readonly workerOptions?: ProcessorWorkerOptions;
}

const METADATA = Symbol.for('@libs/queue:processor');

export function setProcessorMetadata(target: object, metadata: ProcessorMetadata): void {
  Reflect.defineMetadata(METADATA, metadata, target);
}

export function getProcessorMetadata(target: object): ProcessorMetadata | undefined {
  return Reflect.getMetadata(METADATA, target) as ProcessorMetadata | undefined;
}

/** @throws MissingContractError if the class has no `@JobProcessor`. */
export function contractOf(target: { readonly name: string }): JobContract {
  const metadata = getProcessorMetadata(target);
  if (metadata === undefined) throw new MissingContractError(target.name);
  return metadata.job;
}
