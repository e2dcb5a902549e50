/*
 * The messages between a worker (the parent) and a child that runs one of its processors, as JSON.
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
 * Runs are numbered, so that late messages of a finished handler are not attributed to the next job.
 */
import type { StoredChildren } from '../../attempt/job-family';
import type { TransferredError } from './error-transfer';
import type { ForwardedMethod } from './forwarded-methods';
import type { JobFields } from './job-fields';

export type ToChild =
  | { readonly type: 'start'; readonly processor: string }
  | {
      readonly type: 'run';
      readonly run: number;
      readonly job: JobFields;
      readonly children: StoredChildren;
      /** The trace that the attempt is part of, as BullMQ's telemetry writes it. */
      readonly trace?: string | undefined;
    }
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
  /** The processor or its context could not be created. */
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
  /** An uncaught error; the child ends. `leftBy` is the earlier job whose code threw it, if it was one. */
  | { readonly type: 'uncaught'; readonly error: TransferredError; readonly leftBy?: string };
