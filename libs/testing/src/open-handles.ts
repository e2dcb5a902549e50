import { ChildProcess } from 'node:child_process';
import { Server, Socket } from 'node:net';
import type { Worker } from 'node:worker_threads';

/** `setTimeout` or `setInterval`, as the test's code sees it. */
type StartTimer = (...args: unknown[]) => NodeJS.Timeout;

/** The globals of a test file, of which the timers are replaced. */
export interface TimerGlobals {
  setTimeout: unknown;
  setInterval: unknown;
}

interface StartedTimer {
  timer: NodeJS.Timeout;
  name: string;
  /** Made when the timer is; its stack is only worked out if it is looked at. */
  startedAt: Error;
}

/** Timers that have ended are forgotten when there are more than this many. */
const SWEEP_AT = 1_000;

/**
 * Tells what has been opened and not closed since it was made: connections, servers, child
 * processes, threads, file watchers, timers. What is unref'ed does not count, since it keeps nothing alive.
 */
export class OpenHandles {
  private readonly before = new Set(activeHandles());
  private timers: StartedTimer[] = [];
  private readonly threads = new Set<Worker>();

  constructor() {
    // Node lists threads nowhere.
    process.on('worker', this.onThread);
  }

  /** From now on, remembers each timer that is started through these globals. */
  watchTimers(globals: TimerGlobals): void {
    for (const name of ['setTimeout', 'setInterval'] as const) {
      const original = globals[name] as StartTimer;
      const watched: StartTimer = (...args) => {
        const timer = original(...args);
        this.remember({ timer, name, startedAt: new Error(name) });
        return timer;
      };
      // util.promisify() finds its own version of setTimeout in a property.
      globals[name] = Object.defineProperties(watched, Object.getOwnPropertyDescriptors(original));
    }
  }

  /** One line for each that is open now. */
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

  /** Ends what is open now, so that it keeps this process alive no longer, and looks no more. */
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
 * What keeps this process alive, timers apart. Node documents only getActiveResourcesInfo(), which
 * gives names ("TCPSocketWrap") and not the things; this older one is what `why-is-node-running`
 * and others build on.
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
  // hasRef() stays true when a timer has fired or was cleared; only Node's own flag tells.
  const { _destroyed: over = false } = timer as { _destroyed?: boolean };
  // Fake timers may return something else.
  return !over && typeof timer.hasRef === 'function' && timer.hasRef();
}

function close(handle: object): void {
  if (handle instanceof ChildProcess) handle.kill('SIGKILL');
  else if (handle instanceof Socket) handle.destroy();
  else if (handle instanceof Server) handle.close();
  // A watcher of files: whatever it is, it is not waited for.
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
  // A frame without a place, `new Promise (<anonymous>)`, says nothing.
  const frames = (startedAt.stack ?? '')
    .split('\n')
    .slice(1)
    .filter((frame) => !/open-handles|node:|<anonymous>\)$/.test(frame))
    .map((frame) => frame.trim());
  const own = frames.find((frame) => !frame.includes('node_modules'));
  // Without one of ours, it takes several of a library to tell what it does.
  return `${name} started ${own ?? frames.slice(0, 3).join(', ')}`;
}
