/** Anything with an abort signal: an `AbortController`, or an {@link AttemptAbort}. */
export interface HasSignal {
  readonly signal: AbortSignal;
}

/**
 * Aborts one attempt: when its worker stops, at its timeout, or when the job is cancelled. The first reason
 * counts.
 *
 * The signal is created on first use: creating it was the largest part of JobHost's overhead per job, for a
 * job that does nothing, and a short handler does not need it. So this replaces BullMQ's signal, which is
 * created for each job whose processor declares it.
 */
export class AttemptAbort implements HasSignal {
  private controller: AbortController | undefined;
  private aborted: { readonly reason: unknown } | undefined;

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.aborted !== undefined) this.controller.abort(this.aborted.reason);
    }
    return this.controller.signal;
  }

  get isAborted(): boolean {
    return this.aborted !== undefined;
  }

  /** The reason passed to {@link abort}; undefined until then. */
  get reason(): unknown {
    return this.aborted?.reason;
  }

  abort(reason: unknown): void {
    if (this.aborted !== undefined) return;
    this.aborted = { reason };
    this.controller?.abort(reason);
  }
}
