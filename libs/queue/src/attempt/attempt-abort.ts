/** What somebody may be told to stop by: an `AbortController`, or an {@link AttemptAbort}. */
export interface HasSignal {
  readonly signal: AbortSignal;
}

/**
 * The abort of one attempt: when its worker stops, at its timeout, or when somebody cancels the job. The
 * first reason counts.
 *
 * Its signal is made when somebody asks for it: making one was most of what a `JobHost` added to BullMQ's
 * own work on a job that does nothing, and a handler that is over in a moment has no use for it. So this
 * stands in for BullMQ's signal, which is made for each job whose processor declares it.
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
