import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildSettings } from '../programs/child-settings';
import type { EventLog } from './event-log';
import { type ChildPrograms, forkChild, isRunning } from './fork-child';
import { killChild } from './kill-processes';

type Role = ChildSettings['role'];

/** A place that one process after another fills. */
interface Slot {
  settings: ChildSettings;
  child: ChildProcess;
  /** Whether its end is expected: it was killed or told to stop. */
  ending: boolean;
  frozen: boolean;
}

/** How long a process may take to stop after SIGTERM, in milliseconds. */
const STOP_LIMIT = 20_000;

/**
 * The processes under test. A process that is killed or stopped is replaced at once. So is one that exits
 * by itself, which the run reports as a failure.
 */
export class ChildProcesses {
  /** Unexpected exits, and processes that did not stop; each a sentence. */
  readonly failures: string[] = [];
  private readonly slots: Slot[] = [];
  private readonly pids = new Set<number>();
  private readonly ready = new Set<number>();
  private readonly ended = new Set<number>();
  private readonly stops: Promise<void>[] = [];
  private allowed = 0;
  private closing = false;

  constructor(
    private readonly programs: ChildPrograms,
    private readonly events: EventLog,
  ) {}

  start(settings: ChildSettings): void {
    const slot = { settings, child: this.fork(settings), ending: false, frozen: false };
    this.slots.push(slot);
    this.watch(slot);
  }

  /** Whether as many processes work as there are slots; only meaningful before the first fault. */
  allReady(): boolean {
    return this.ready.size >= this.slots.length;
  }

  /** How many transactions the producers have ended, by commit or rollback. */
  get endedTransactions(): number {
    return this.ended.size;
  }

  /** How many processes were started so far. */
  get started(): number {
    return this.pids.size;
  }

  /** Lets producers begin the transactions below this number. */
  allow(transactions: number): void {
    this.allowed = Math.floor(transactions);
    for (const { child, settings } of this.slots) {
      if (settings.role === 'producer' && child.connected) child.send({ allowed: this.allowed });
    }
  }

  producersRun(): boolean {
    return this.slots.some(
      ({ settings, child }) => settings.role === 'producer' && isRunning(child),
    );
  }

  /** Kills a process with SIGKILL. @returns its pid; `undefined` if none could be killed */
  kill(role: Role, target: number): number | undefined {
    const slot = this.choose(role, target);
    if (!slot) return undefined;
    slot.ending = true;
    slot.child.kill('SIGKILL');
    return slot.child.pid;
  }

  /** Kills a child of a process of this role. @returns its pid; `undefined` if there was none */
  killChildOf(role: Role, target: number): Promise<number | undefined> {
    const parents = this.slots.filter(({ settings }) => settings.role === role);
    return killChild(new Set(parents.map(({ child }) => child.pid)), target);
  }

  /** Sends SIGTERM. {@link settle} waits until the process has stopped. */
  stopInOrder(role: Role, target: number): number | undefined {
    const slot = this.choose(role, target);
    if (!slot) return undefined;
    this.stops.push(this.stop(slot));
    return slot.child.pid;
  }

  /** Suspends a process with SIGSTOP, and resumes it after some milliseconds. */
  freeze(role: Role, target: number, lasts: number): number | undefined {
    const slot = this.choose(role, target);
    if (!slot) return undefined;
    const { child } = slot;
    slot.frozen = true;
    child.kill('SIGSTOP');
    const resume = () => {
      child.kill('SIGCONT');
      slot.frozen = false;
    };
    this.stops.push(sleep(lasts).then(resume));
    return child.pid;
  }

  /** Resolves when no process is frozen, or stopping. */
  async settle(): Promise<void> {
    await Promise.all(this.stops);
  }

  async stopAll(): Promise<void> {
    this.closing = true;
    await this.settle();
    await Promise.all(
      this.slots.filter(({ child }) => isRunning(child)).map((slot) => this.stop(slot)),
    );
  }

  killAll(): void {
    this.closing = true;
    for (const { child } of this.slots) child.kill('SIGKILL');
  }

  private choose(role: Role, target: number): Slot | undefined {
    const slots = this.slots.filter(
      ({ settings, child, ending, frozen }) =>
        settings.role === role && !ending && !frozen && isRunning(child),
    );
    return slots[Math.floor(target * slots.length)];
  }

  private async stop(slot: Slot): Promise<void> {
    const { child } = slot;
    slot.ending = true;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    const killing = setTimeout(() => {
      this.fail(`${nameOf(slot)} did not stop within ${STOP_LIMIT / 1_000} s of SIGTERM`);
      child.kill('SIGKILL');
    }, STOP_LIMIT);
    await exit;
    clearTimeout(killing);
  }

  private fork(settings: ChildSettings): ChildProcess {
    const child = forkChild(settings, this.programs, this.events, (report) => {
      if ('ended' in report) this.ended.add(report.ended);
      else if (child.pid !== undefined) this.ready.add(child.pid);
    });
    if (child.pid !== undefined) this.pids.add(child.pid);
    if (settings.role === 'producer') child.send({ allowed: this.allowed });
    return child;
  }

  private watch(slot: Slot): void {
    const { child, settings } = slot;
    child.once('exit', (code, signal) => {
      const { role, index } = settings;
      this.events.write('process exited', { role, index, pid: child.pid, code, signal });
      if (role === 'producer' && code === 0) return;
      if (!slot.ending) {
        this.fail(`${nameOf(slot)} exited by itself (${signal ?? `code ${code}`})`);
      } else if (signal === null && code !== 0) {
        this.fail(`${nameOf(slot)} exited with code ${code} after SIGTERM`);
      }
      if (this.closing) return;
      slot.child = this.fork(settings);
      slot.ending = false;
      this.watch(slot);
    });
  }

  private fail(sentence: string): void {
    this.failures.push(sentence);
    this.events.write('unexpected', { sentence });
  }
}

function nameOf({ settings: { role, index }, child }: Slot): string {
  return `${role} ${index} (process ${child.pid})`;
}
