/*
 * What a worker (the parent) and a child that runs one of its processors say to each other, as JSON.
 *
 *     parent                            child
 *       start ─────────────────────────▶  loads the processor, makes its context
 *       ◀──────────────── ready, or refused
 *       run ───────────────────────────▶  one job at a time
 *       ◀────────────────────────── call  the handler uses its job: log, progress, …
 *       answer ────────────────────────▶
 *       abort ─────────────────────────▶  the handler's abort signal
 *       ◀─────────── completed, or failed
 *       close ─────────────────────────▶  closes its context and ends
 *
 * A run has a number, so that what a handler leaves behind is not taken for a part of the next job.
 */
import type { TransferredError } from './error-transfer';
import type { ForwardedMethod } from './forwarded-methods';
import type { JobFields } from './job-fields';

export type ToChild =
  | { readonly type: 'start'; readonly processor: string }
  | { readonly type: 'run'; readonly run: number; readonly job: JobFields }
  | { readonly type: 'abort'; readonly run: number; readonly reason: TransferredError }
  | {
      readonly type: 'answer';
      readonly call: number;
      readonly value?: unknown;
      readonly error?: TransferredError;
    }
  | { readonly type: 'close' };

export type FromChild =
  | { readonly type: 'ready' }
  /** Its processor or its context could not be made. */
  | { readonly type: 'refused'; readonly error: TransferredError }
  | {
      readonly type: 'call';
      readonly run: number;
      readonly call: number;
      readonly method: ForwardedMethod;
      readonly args: readonly unknown[];
    }
  | { readonly type: 'completed'; readonly run: number; readonly result?: unknown }
  | { readonly type: 'failed'; readonly run: number; readonly error: TransferredError }
  /** An error that nobody has caught; the child ends. */
  | { readonly type: 'uncaught'; readonly error: TransferredError };
