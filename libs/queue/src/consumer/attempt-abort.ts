/** What somebody may be told to stop by: an `AbortController`, or an {@link AttemptAbort}. */
export interface HasSignal {
  readonly signal: AbortSignal;
}

/**
 * The abort of one attempt: when its worker stops, at its timeout, or when somebody cancels the job. The
 * first reason counts.
 *
 * Its signal is made when somebody asks for it. Few handlers do, and making one takes Node about as long
 * as all else together that is done for a small job; so this stands in for BullMQ's own, which is made
 * for each job.
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

  /** What {@link abort} was given; undefined as long as it is not aborted. */
  get reason(): unknown {
    return this.aborted?.reason;
  }

  abort(reason: unknown): void {
    if (this.aborted !== undefined) return;
    this.aborted = { reason };
    this.controller?.abort(reason);
  }
}
