import { ChildProcess } from 'node:child_process';
import { Server, Socket } from 'node:net';
import type { Worker } from 'node:worker_threads';

/** `setTimeout` or `setInterval`, as the test's code sees it. */
type StartTimer = (...args: unknown[]) => NodeJS.Timeout;

/** The globals of a test file, whose timers are replaced. */
export interface TimerGlobals {
  setTimeout: unknown;
  setInterval: unknown;
}

interface StartedTimer {
  timer: NodeJS.Timeout;
  name: string;
  /** Created with the timer, and its stack is computed only if read; undefined for a short one. */
  startedAt: Error | undefined;
}

/** Ended timers are dropped when there are more than this many. */
const SWEEP_AT = 1_000;

/** In milliseconds. Timers below it are started by the thousand, and end before anyone would have to look for them. */
const LONG_ENOUGH_TO_LEAK = 20;

/**
 * Lists what was opened and not closed since its creation: connections, servers, child processes, threads,
 * file watchers, timers. Unref'ed handles do not count, since they keep nothing alive.
 */
export class OpenHandles {
  private readonly before = new Set(activeHandles());
  private timers: StartedTimer[] = [];
  private readonly threads = new Set<Worker>();

  constructor() {
    // Node has no list of threads.
    process.on('worker', this.onThread);
  }

  /** Tracks every timer started through these globals from now on. */
  watchTimers(globals: TimerGlobals): void {
    for (const name of ['setTimeout', 'setInterval'] as const) {
      const original = globals[name] as StartTimer;
      const watched: StartTimer = (...args) => {
        const timer = original(...args);
        const isShort = name === 'setTimeout' && Number(args[1] ?? 0) < LONG_ENOUGH_TO_LEAK;
        this.remember({ timer, name, startedAt: isShort ? undefined : new Error(name) });
        return timer;
      };
      // util.promisify() reads its own version of setTimeout from a property.
      globals[name] = Object.defineProperties(watched, Object.getOwnPropertyDescriptors(original));
    }
  }

  /** One line for each open handle. */
  list(): string[] {
    const handles = this.opened();
    const children = handles.filter((handle) => handle instanceof ChildProcess);
    const pipes = new Set<unknown>(children.flatMap(({ stdio }) => stdio));
    return [
      ...handles.filter((handle) => !pipes.has(handle)).map(describe),
      ...[...this.threads].map(({ threadId }) => `thread ${threadId}`),
      ...this.timers.filter(isActive).map(describeTimer),
    ];
  }

  /** Closes all open handles, so that they no longer keep this process alive, and stops tracking. */
  closeAll(): void {
    process.off('worker', this.onThread);
    for (const handle of this.opened()) close(handle);
    for (const thread of this.threads) void thread.terminate();
    for (const { timer } of this.timers) clearTimeout(timer);
  }

  private readonly onThread = (thread: Worker): void => {
    this.threads.add(thread);
    thread.once('exit', () => this.threads.delete(thread));
  };

  private opened(): object[] {
    return activeHandles().filter((handle) => !this.before.has(handle) && !isStdio(handle));
  }

  private remember(timer: StartedTimer): void {
    if (this.timers.length >= SWEEP_AT) this.timers = this.timers.filter(isActive);
    this.timers.push(timer);
  }
}

/**
 * The handles that keep this process alive, except timers. Node documents only getActiveResourcesInfo(),
 * which returns names ("TCPSocketWrap") instead of objects. `why-is-node-running` and others use this older
 * function too.
 */
function activeHandles(): object[] {
  return (process as unknown as { _getActiveHandles(): object[] })._getActiveHandles();
}

function isStdio(handle: object): boolean {
  const { fd } = handle as { fd?: number };
  return (
    handle === process.stdin ||
    handle === process.stdout ||
    handle === process.stderr ||
    (fd !== undefined && fd <= 2)
  );
}

function isActive({ timer }: StartedTimer): boolean {
  // hasRef() stays true after a timer has fired or was cleared; only Node's own flag changes.
  const { _destroyed: over = false } = timer as { _destroyed?: boolean };
  // Fake timers may return something else.
  return !over && typeof timer.hasRef === 'function' && timer.hasRef();
}

function close(handle: object): void {
  if (handle instanceof ChildProcess) handle.kill('SIGKILL');
  else if (handle instanceof Socket) handle.destroy();
  else if (handle instanceof Server) handle.close();
  // A file watcher, for example. Not awaited, whatever it is.
  (handle as { unref?(): unknown }).unref?.();
}

function describe(handle: object): string {
  if (handle instanceof ChildProcess) {
    return `child process ${handle.pid ?? ''}: ${handle.spawnargs.join(' ')}`;
  }
  if (handle instanceof Server) return `server listening on ${addressOf(handle)}`;
  if (handle instanceof Socket && handle.remotePort !== undefined) {
    const direction = `${handle.remoteAddress ?? ''}:${handle.remotePort}`;
    return `connection to ${direction} (from local port ${handle.localPort ?? 'unknown'})`;
  }
  return handle.constructor.name;
}

function addressOf(server: Server): string {
  const address = server.address();
  if (typeof address === 'string') return address;
  return address ? `${address.address}:${address.port}` : 'nothing yet';
}

function describeTimer({ name, startedAt }: StartedTimer): string {
  if (!startedAt) return `${name} of less than ${LONG_ENOUGH_TO_LEAK} ms, started again and again`;
  // A frame without a location, such as `new Promise (<anonymous>)`, is useless.
  const frames = (startedAt.stack ?? '')
    .split('\n')
    .slice(1)
    .filter((frame) => !/open-handles|node:|<anonymous>\)$/.test(frame))
    .map((frame) => frame.trim());
  const own = frames.find((frame) => !frame.includes('node_modules'));
  // Without a frame of ours, several frames of a library are needed to recognise the call.
  return `${name} started ${own ?? frames.slice(0, 3).join(', ')}`;
}
