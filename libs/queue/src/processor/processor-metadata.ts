import type { ModuleMetadata, Type } from '@nestjs/common';
import type { WorkerOptions } from 'bullmq';
import type { JobDefinition } from '../contract/job-definition';
import type { IsolationOptions } from '../options/isolation-options';
import type { JobHost } from './job-host';

/** The options of BullMQ's worker that belong to a processor; times are in milliseconds. */
export type ProcessorWorkerOptions = Pick<
  WorkerOptions,
  'limiter' | 'lockDuration' | 'maxStalledCount' | 'maxStartedAttempts' | 'stalledInterval'
>;

/** What `@JobProcessor` notes on a class. */
export interface ProcessorMetadata extends Pick<ModuleMetadata, 'imports' | 'providers'> {
  readonly job: JobDefinition;
  readonly concurrency: number;
  /** Undefined: it runs in its worker. */
  readonly isolation?: IsolationOptions;
  readonly workerOptions?: ProcessorWorkerOptions;
}

export type ProcessorClass = Type<JobHost<JobDefinition>>;

const METADATA = Symbol.for('@libs/queue:processor');

export function setProcessorMetadata(target: object, metadata: ProcessorMetadata): void {
  Reflect.defineMetadata(METADATA, metadata, target);
}

export function getProcessorMetadata(target: object): ProcessorMetadata | undefined {
  return Reflect.getMetadata(METADATA, target) as ProcessorMetadata | undefined;
}

/** @throws TypeError if the class has no `@JobProcessor`. */
export function contractOf(target: Pick<ProcessorClass, 'name'>): JobDefinition {
  const metadata = getProcessorMetadata(target);
  if (metadata === undefined) {
    throw new TypeError(`${target.name} has no contract: decorate it with @JobProcessor(someJob).`);
  }
  return metadata.job;
}

/** Whether a value that a module exports is a processor. */
export function isProcessorClass(value: unknown): value is ProcessorClass {
  return typeof value === 'function' && getProcessorMetadata(value) !== undefined;
}
