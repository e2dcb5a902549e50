import { type ChildProcess, fork, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { guard, processTable } from '@tools/experiment';
import {
  type ChildReport,
  type ChildSettings,
  settingsEnvironment,
} from '../programs/child-settings';
import type { EventLog } from './event-log';

type Role = ChildSettings['role'];

/** A place that is filled by one process after another. */
interface Slot {
  settings: ChildSettings;
  child: ChildProcess;
  /** Whether its end is wanted: it was killed, told to stop, or has nothing more to do. */
  ending: boolean;
  frozen: boolean;
}

export interface ChildPrograms {
  /** The compiled file of each role. */
  files: Record<Role, string>;
  folder: string;
}

/** How long a process may take to stop in order, in milliseconds. */
const STOP_LIMIT = 20_000;

/** How long a child may outlive a worker that was killed, in milliseconds. */
const ORPHAN_LIMIT = 10_000;

/**
 * The processes that are tested. One that was killed is replaced at once; one that ends by itself is
 * replaced as well, and remembered.
 */
export class ChildProcesses {
  /** Ends that nobody asked for, and processes that did not stop: each a sentence. */
  readonly faults: string[] = [];
  private readonly slots: Slot[] = [];
  private readonly pids = new Set<number>();
  private readonly ended = new Set<number>();
  private readonly ready = new Set<number>();
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

  /** Whether every process that was started first does its work; those that replace one are not asked. */
  allReady(): boolean {
    return this.ready.size >= this.slots.length;
  }

  /** How many jobs the producers have ended, one way or the other. */
  get endedJobs(): number {
    return this.ended.size;
  }

  /** How many processes there were. */
  get started(): number {
    return this.pids.size;
  }

  /** Lets the producers go on to the job with this number. */
  allow(jobs: number): void {
    this.allowed = Math.floor(jobs);
    for (const { child, settings } of this.slots) {
      if (settings.role === 'producer' && child.connected) child.send({ allowed: this.allowed });
    }
  }

  producersRun(): boolean {
    return this.slots.some(({ settings, child }) => settings.role === 'producer' && isAlive(child));
  }

  /** @returns the process that was killed, if there was one that could be */
  kill(role: Role, target: number): number | undefined {
    const slot = this.choose(role, target);
    if (!slot) return undefined;
    slot.ending = true;
    slot.child.kill('SIGKILL');
    return slot.child.pid;
  }

  /**
   * Kills one of the processes that those of a role have started.
   *
   * @returns it, if there was one
   */
  async killChildOf(role: Role, target: number): Promise<number | undefined> {
    const parents = this.slots.filter(({ settings }) => settings.role === role);
    const pids = new Set(parents.map(({ child }) => child.pid));
    const started = (await processTable()).filter(({ parent }) => pids.has(parent));
    const victim = started[Math.floor(target * started.length)]?.pid;
    return victim !== undefined && killNow(victim) ? victim : undefined;
  }

  /** Asks a process to stop in order. That it does so is looked at when the run ends. */
  stopInOrder(role: Role, target: number): number | undefined {
    const slot = this.choose(role, target);
    if (!slot) return undefined;
    this.stops.push(this.stop(slot));
    return slot.child.pid;
  }

  /** Stops a process from running at all, and lets it go on after some time, in milliseconds. */
  freeze(role: Role, target: number, lasts: number): number | undefined {
    const slot = this.choose(role, target);
    if (!slot) return undefined;
    const { child } = slot;
    slot.frozen = true;
    child.kill('SIGSTOP');
    this.stops.push(
      sleep(lasts).then(() => {
        child.kill('SIGCONT');
        slot.frozen = false;
      }),
    );
    return child.pid;
  }

  /** Resolves when no process is frozen or asked to stop any more. */
  async settle(): Promise<void> {
    await Promise.all(this.stops);
  }

  /** Stops every process in order. */
  async stopAll(): Promise<void> {
    this.closing = true;
    await this.settle();
    await Promise.all(
      this.slots.filter(({ child }) => isAlive(child)).map((slot) => this.stop(slot)),
    );
  }

  /** Ends what still runs, whatever state it is in. */
  killAll(): void {
    this.closing = true;
    for (const { child } of this.slots) child.kill('SIGKILL');
  }

  /**
   * The processes that still run although all should have ended, and what they have started: each a
   * sentence. They are ended, because this process would wait for who can still write to it.
   */
  async leftovers(): Promise<string[]> {
    const { folder } = this.programs;
    for (const deadline = Date.now() + ORPHAN_LIMIT; ;) {
      const left = (await processTable()).filter(({ command }) => command.includes(folder));
      if (left.length === 0 || Date.now() > deadline) {
        for (const { pid } of left) killNow(pid);
        return left.map(({ pid, command }) => `process ${pid}: ${command}`);
      }
      await sleep(200);
    }
  }

  private choose(role: Role, target: number): Slot | undefined {
    const slots = this.slots.filter(
      ({ settings, child, ending, frozen }) =>
        settings.role === role && !ending && !frozen && isAlive(child),
    );
    return slots[Math.floor(target * slots.length)];
  }

  private async stop(slot: Slot): Promise<void> {
    const { child } = slot;
    slot.ending = true;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    const late = new AbortController();
    const killing = sleep(STOP_LIMIT, undefined, { signal: late.signal }).then(
      () => {
        this.fault(`${nameOf(slot)} has not stopped ${STOP_LIMIT / 1_000} s after SIGTERM`);
        child.kill('SIGKILL');
      },
      () => undefined,
    );
    await exit;
    late.abort();
    await killing;
  }

  private fork(settings: ChildSettings): ChildProcess {
    const options: ForkOptions = {
      cwd: this.programs.folder,
      // A group of its own: Ctrl-C is for the controller, which stops them in order.
      detached: true,
      execArgv: ['--enable-source-maps'],
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'production',
        ...settingsEnvironment(settings),
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    };
    const child = guard(fork(this.programs.files[settings.role], options));
    const { role, index } = settings;
    if (child.pid !== undefined) this.pids.add(child.pid);
    this.events.write('process started', { role, index, pid: child.pid });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (said: string) => {
        this.events.write('process said', { role, index, pid: child.pid, said });
      });
    }
    child.on('message', (report: ChildReport) => {
      if ('ended' in report) this.ended.add(report.ended);
      else if (child.pid !== undefined) this.ready.add(child.pid);
    });
    // It was killed while it was written to.
    child.on('error', () => undefined);
    if (role === 'producer') child.send({ allowed: this.allowed });
    return child;
  }

  private watch(slot: Slot): void {
    const { child, settings } = slot;
    child.once('exit', (code, signal) => {
      const { role, index } = settings;
      this.events.write('process ended', { role, index, pid: child.pid, code, signal });
      if (role === 'producer' && code === 0) return;
      if (slot.ending && signal === null && code !== 0) {
        this.fault(`${nameOf(slot)} ended with exit code ${code} after SIGTERM`);
      }
      if (!slot.ending)
        this.fault(`${nameOf(slot)} ended by itself (${signal ?? `exit code ${code}`})`);
      if (this.closing) return;
      slot.child = this.fork(settings);
      slot.ending = false;
      this.watch(slot);
    });
  }

  private fault(sentence: string): void {
    this.faults.push(sentence);
    this.events.write('not expected', { sentence });
  }
}

/** @returns false if it has ended meanwhile */
function killNow(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function nameOf({ settings: { role, index }, child }: Slot): string {
  return `${role} ${index} (process ${child.pid})`;
}
