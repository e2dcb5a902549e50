import type { Job } from 'bullmq';
import { unlessAborted } from '../timing/on-abort';
import { settleWithin } from '../timing/settle-within';
import type { HasSignal } from './attempt-abort';

/** How often a job has lost its worker when it begins to run alone. The first loss is often a deployment. */
const LOSSES = 2;

/** Times in milliseconds. */
export interface SoloLimits {
  /** How long a job that is to run alone waits for those that run already. */
  readonly quiet: number;
  /** How long it may keep the others waiting after that. */
  readonly alone: number;
}

export const SOLO_LIMITS: SoloLimits = { quiet: 10_000, alone: 60_000 };

/** Whether a job may be what ends the process of its worker: it has lost it several times. */
export function runsAlone({ stalledCounter }: Pick<Job, 'stalledCounter'>): boolean {
  return stalledCounter >= LOSSES;
}

/**
 * Lets one job run alone in a process: the next crash is then its own, and takes no other job with it.
 *
 *     open ──a suspect comes──▶ closed, others run on ──they ended, or `quiet`──▶ the suspect runs alone
 *      ▲                                                                                │
 *      └──────────────────────── it ends, or `alone` ───────────────────────────────────┘
 */
export class SoloGate {
  private running = 0;
  private whenQuiet: () => void = () => undefined;
  /** Resolves when the gate opens; undefined while it is open. */
  private closed: Promise<void> | undefined;

  constructor(private readonly limits = SOLO_LIMITS) {}

  /**
   * Lets a job run now or later.
   *
   * @returns what to call when it has ended
   */
  enter(isSolo: boolean, abort: HasSignal): (() => void) | Promise<() => void> {
    // The signal is created on first use.
    if (isSolo || this.closed !== undefined) return this.waitFor(isSolo, abort);
    return this.begin();
  }

  /** @throws the abort reason if it is aborted before */
  private async waitFor(isSolo: boolean, { signal }: HasSignal): Promise<() => void> {
    const wait = (step: Promise<unknown>) =>
      // By convention an error.
      unlessAborted(signal, step, (reason) => reason as Error);
    while (this.closed !== undefined) await wait(this.closed);
    if (!isSolo) return this.begin();
    const open = this.close();
    try {
      await wait(this.quiet());
    } catch (error) {
      open();
      throw error;
    }
    const end = this.begin();
    const timer = setTimeout(open, this.limits.alone).unref();
    return () => {
      clearTimeout(timer);
      end();
      open();
    };
  }

  private begin(): () => void {
    this.running += 1;
    return () => {
      this.running -= 1;
      if (this.running === 0) this.whenQuiet();
    };
  }

  /** @returns what opens it again */
  private close(): () => void {
    let resolve = (): void => undefined;
    const closed = new Promise<void>((done) => (resolve = done));
    this.closed = closed;
    return () => {
      if (this.closed === closed) this.closed = undefined;
      resolve();
    };
  }

  private async quiet(): Promise<void> {
    if (this.running === 0) return;
    const ended = new Promise<void>((resolve) => (this.whenQuiet = resolve));
    await settleWithin(this.limits.quiet, ended);
  }
}

/** Of the processors that run in this process itself. */
export const soloGate = new SoloGate();
