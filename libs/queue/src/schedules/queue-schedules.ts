import { ConditionNotMet } from '../bullmq/conditional-add';
import type { ScheduleDefinition } from '../contract/job-schedule';
import { scheduledRunId } from '../contract/scheduled-run';
import type { AnyObserver } from '../observe/queue-observer';
import type { JobRuns } from './job-runs';
import { withRun } from './known-runs';
import { nextStep, type Step } from './next-step';
import { ownSchedules, reconcile, SEEN_EVERY } from './reconcile';
import {
  formatState,
  type KnownRun,
  parseState,
  type RunOutcome,
  type ScheduleEntry,
  type ScheduleState,
  type SkipReason,
  withEntry,
} from './schedule-state';
import type { StateStore } from './state-store';

/** Who is told what happens. */
export type ScheduleObserver = Pick<
  AnyObserver,
  'jobsAdded' | 'schedulesChanged' | 'scheduleSkipped' | 'schedulesOnStandby'
>;

export interface QueueSchedulesOptions {
  readonly queue: string;
  readonly definitions: readonly ScheduleDefinition[] | undefined;
  readonly store: StateStore;
  readonly runs: JobRuns;
  readonly observer: ScheduleObserver;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** The end of a run that this process has seen. */
export interface RunEnd {
  readonly outcome: RunOutcome;
  readonly endedAt: number;
}

/** What a worker found in the state. */
interface Loaded {
  readonly text: string;
  readonly state: ScheduleState;
}

/** Another process was faster: the state has to be read again. */
class StateChanged extends Error {}

/**
 * The schedules of one queue, in one worker process. All of them share a state in the store; each change of it is a
 * comparison and an exchange, so of several processes one succeeds, and the others read again.
 *
 *     read ─▶ reconcile ─▶ for each schedule: nextStep ─▶ run: add the job and change the state, in one step
 *      ▲          │                              ├──────▶ skip, hold: change the state
 *      │          └─ standby ─▶ (wait)           └──────▶ none ─▶ (wait until the next time)
 *      └──────────── the state was changed by another process
 */
export class QueueSchedules {
  private readonly own;
  private readonly now: () => number;
  private readonly ends = new Map<string, RunEnd>();
  private standbySince: number | undefined;
  /** The latest sign of a worker, when this one has first seen it, and when it has last looked. */
  private sign = { seenAt: NaN, since: 0, looked: 0 };

  constructor(private readonly options: QueueSchedulesOptions) {
    this.own = ownSchedules(options.definitions);
    // Not `Date.now` itself: a test may put another clock in its place later.
    this.now = options.now ?? (() => Date.now());
  }

  /** Takes note of the end of a run in this process. Call {@link tick} afterwards. */
  onEnded(id: string, end: RunEnd): void {
    this.ends.set(id, end);
  }

  /**
   * Does all that is due.
   *
   * @returns when there will be something to do, in milliseconds since 1970; undefined if never again
   */
  async tick(): Promise<number | undefined> {
    for (;;) {
      try {
        return await this.pass();
      } catch (error) {
        if (!(error instanceof StateChanged || error instanceof ConditionNotMet)) throw error;
      }
    }
  }

  private async pass(): Promise<number | undefined> {
    const { queue, store } = this.options;
    const text = (await store.read([queue])).get(queue);
    const now = this.now();
    const before = parseState(text);
    const found = reconcile(before, this.own, now, this.unseenFor(before, now));
    switch (found.kind) {
      case 'none':
        return this.own.definitions.length === 0 ? undefined : now + SEEN_EVERY;
      case 'standby':
        this.reportStandby(found.since);
        return now + SEEN_EVERY;
      case 'forgotten':
        await this.change(text, undefined);
        return undefined;
      default: {
        this.standbySince = undefined;
        let loaded = await this.save(text, found.state);
        if (found.kind === 'replaced') {
          this.options.observer.schedulesChanged({ queue, ...found.changes });
        }
        loaded = await this.settle(loaded, found.kind === 'seen');
        for (const schedule of this.own.definitions) {
          loaded = await this.handle(loaded, schedule);
        }
        return this.nextTick(loaded.state);
      }
    }
  }

  private unseenFor({ seenAt = NaN }: Partial<ScheduleState> = {}, now: number): number {
    // A process that could not look has not seen that there was no sign.
    const isNew = seenAt !== this.sign.seenAt || now - this.sign.looked > 3 * SEEN_EVERY;
    this.sign = { seenAt, since: isNew ? now : this.sign.since, looked: now };
    return now - this.sign.since;
  }

  /** Handles every time of one schedule that has come. */
  private async handle(loaded: Loaded, schedule: ScheduleDefinition): Promise<Loaded> {
    let current = loaded;
    for (;;) {
      const entry = current.state.schedules[schedule.name];
      if (entry === undefined) return current;
      const now = this.now();
      if (entry.next === null || entry.next > now) return current;
      const checked = await this.withOutcomes(entry);
      const isRunning = checked.runs.some(({ outcome }) => outcome === undefined);
      const step = nextStep(schedule, checked, now, isRunning);
      if (step.kind === 'none') return current;
      current = await this.take(current, schedule, checked, step);
      if (step.kind === 'hold') return current;
    }
  }

  private async take(
    loaded: Loaded,
    schedule: ScheduleDefinition,
    entry: ScheduleEntry,
    step: Exclude<Step, { kind: 'none' }>,
  ): Promise<Loaded> {
    const { name } = schedule;
    switch (step.kind) {
      case 'hold':
        return this.saveEntry(loaded, name, { ...entry, heldUntil: step.heldUntil });
      case 'skip': {
        const { at, reason, next } = step;
        const saved = await this.saveEntry(loaded, name, {
          ...entry,
          next,
          skipped: { at, reason },
        });
        this.reportSkipped(name, at, reason);
        return saved;
      }
      case 'run':
        return this.run(loaded, schedule, { ...entry, next: step.next }, step.at);
    }
  }

  private async run(
    loaded: Loaded,
    schedule: ScheduleDefinition,
    entry: ScheduleEntry,
    at: number,
  ): Promise<Loaded> {
    const { queue, runs, observer } = this.options;
    const { name } = schedule;
    const id = scheduledRunId(name, at);
    const state = withEntry(loaded.state, name, {
      ...entry,
      runs: withRun(entry.runs, { id, at }),
    });
    const text = formatState(state);
    const added = await runs.add(schedule, id, { expected: loaded.text, next: text });
    if (added === id) {
      observer.jobsAdded({ queue, ids: [id], inTransaction: false });
      return { text, state };
    }
    const saved = await this.saveEntry({ text, state }, name, {
      ...entry,
      skipped: { at, reason: 'duplicate' },
    });
    this.reportSkipped(name, at, 'duplicate');
    return saved;
  }

  /** Writes down which runs have ended. @param everything whether to ask about runs of other processes */
  private async settle(loaded: Loaded, everything: boolean): Promise<Loaded> {
    let current = loaded;
    for (const [name, entry] of Object.entries(loaded.state.schedules)) {
      const isOpen = entry.runs.some(
        ({ id, outcome }) => this.ends.has(id) || (everything && outcome === undefined),
      );
      if (!isOpen) continue;
      const checked = await this.withOutcomes(entry);
      if (JSON.stringify(checked) === JSON.stringify(entry)) continue;
      current = await this.saveEntry(current, name, checked);
    }
    this.ends.clear();
    return current;
  }

  /** A failed or cancelled run may have been redriven, so it is asked about again. */
  private async withOutcomes(entry: ScheduleEntry): Promise<ScheduleEntry> {
    const runs = await Promise.all(
      entry.runs.map(async (run): Promise<KnownRun> => {
        if (run.outcome === 'completed' || run.outcome === 'removed') return run;
        const end = this.ends.get(run.id);
        if (end !== undefined) return { ...run, ...end };
        const outcome = await this.options.runs.outcomeOf(run);
        if (outcome === run.outcome) return run;
        // It was removed after it had ended.
        if (outcome === 'removed' && run.outcome !== undefined) return run;
        return { ...run, outcome, endedAt: outcome === undefined ? undefined : this.now() };
      }),
    );
    return { ...entry, runs };
  }

  private nextTick({ schedules }: ScheduleState): number {
    const now = this.now();
    // Those that have come and still wait are looked at when a run ends.
    const next = Object.values(schedules).flatMap(({ next: time }) =>
      time !== null && time > now ? [time] : [],
    );
    return Math.min(now + SEEN_EVERY, ...next);
  }

  private saveEntry({ text, state }: Loaded, name: string, entry: ScheduleEntry): Promise<Loaded> {
    return this.save(text, withEntry(state, name, entry));
  }

  /** @throws StateChanged */
  private async save(text: string | undefined, state: ScheduleState): Promise<Loaded> {
    const next = formatState(state);
    if (next !== text) await this.change(text, next);
    return { text: next, state };
  }

  /** @throws StateChanged */
  private async change(expected: string | undefined, next: string | undefined): Promise<void> {
    const { queue, store } = this.options;
    if (!(await store.change(queue, expected, next))) throw new StateChanged();
  }

  private reportSkipped(schedule: string, at: number, reason: SkipReason): void {
    const { queue, observer } = this.options;
    observer.scheduleSkipped({ queue, schedule, at: new Date(at), reason });
  }

  private reportStandby(since: number): void {
    if (this.standbySince === since) return;
    this.standbySince = since;
    const { queue, observer } = this.options;
    observer.schedulesOnStandby({ queue, since: new Date(since) });
  }
}
