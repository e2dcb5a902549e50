import type { Type } from '@nestjs/common';
import type { JobContract } from '../contract/job-contract';
import type { JobHost } from './job-host';
import { getProcessorMetadata } from './processor-metadata';

/** A class with `@JobProcessor`. */
export type ProcessorClass = Type<JobHost<JobContract>>;

/** Whether an exported value is a processor. */
export function isProcessorClass(value: unknown): value is ProcessorClass {
  return typeof value === 'function' && getProcessorMetadata(value) !== undefined;
}
