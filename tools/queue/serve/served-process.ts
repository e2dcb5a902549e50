import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Duplex, Readable } from 'node:stream';
import { PluginError } from '../workspace/plugin.error';

/** How a process ended. `code` is undefined if a signal ended it. */
export interface ProcessExit {
  code: number | undefined;
  /** Whether `stop` or `kill` was called before. */
  wasStopped: boolean;
}

export interface ServedProcessOptions {
  /** The JavaScript file to run. */
  main: string;
  args?: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** A line of its output, without the line break. */
  onLine: (line: string) => void;
  onStarted?: (pid: number) => void;
}

const PRELOAD = join(__dirname, 'preload.cjs');

/** How long after its end an application's last output may take to arrive. */
const LAST_OUTPUT = 500;

const SHELL = '/bin/sh';

/**
 * `serve` runs on a system without a POSIX shell (`/bin/sh`), such as Windows. It starts the application through
 * one, so that only `serve` sends it signals.
 *
 * To do: run it in WSL or in a container. `build` and the other commands need no shell.
 */
export class NoPosixShellError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_NO_POSIX_SHELL';

  constructor(shell: string) {
    super(
      `nx serve needs a POSIX shell, and there is no ${shell} on this system (${process.platform}). ` +
        'Run it in WSL or in a container.',
    );
  }
}

/** Throws `NoPosixShellError`. */
export function requirePosixShell(shell = SHELL): void {
  if (!existsSync(shell)) throw new NoPosixShellError(shell);
}

/**
 * A running application.
 *
 * It is started by a shell that ends at once, so that it has no parent here, and runs in a session
 * of its own. A terminal sends Ctrl-C to its whole process group, and Nx ends whole process trees,
 * with SIGKILL after five seconds: either would signal the application a second time or cut its
 * drain short. This way `stop` is the only thing that signals it.
 */
export class ServedProcess {
  readonly exited: Promise<ProcessExit>;
  private readonly channel: Duplex;
  private readonly onStarted: ((pid: number) => void) | undefined;
  private pid: number | undefined;
  private code: number | undefined;
  private wasStopped = false;
  private signalWhenStarted: NodeJS.Signals | undefined;
  private onListed: (() => void) | undefined;

  constructor({ main, args = [], cwd, env, onLine, onStarted }: ServedProcessOptions) {
    this.onStarted = onStarted;
    const child = spawn(
      SHELL,
      ['-c', '"$0" "$@" &', process.execPath, '--require', PRELOAD, main, ...args],
      {
        cwd,
        env: { ...env, QUEUE_SERVE_CHANNEL: '3' },
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      },
    );
    this.channel = child.stdio[3] as Duplex;
    // With four entries in `stdio` the types do not tell that each of the three is a pipe.
    const [, stdout, stderr] = child.stdio as Readable[];
    const outputs = [stdout, stderr].map((stream) => readLines(stream as Readable, onLine));
    this.exited = this.waitForExit(child, outputs);
  }

  /** Whether it was told to end. */
  get isStopping(): boolean {
    return this.wasStopped;
  }

  /** Sends SIGTERM. The application finishes its work; `exited` resolves when it has. */
  stop(): void {
    if (this.wasStopped) return;
    this.wasStopped = true;
    this.channel.write('stop\n');
    this.signal('SIGTERM');
  }

  /**
   * Has it write the files of packages that it has loaded to a JSON file, in the order of their loading.
   *
   * @returns whether it has: it may end before
   */
  listModules(path: string): Promise<boolean> {
    const listed = new Promise<boolean>((resolve) => {
      this.onListed = () => {
        resolve(true);
      };
    });
    this.channel.write(`list ${JSON.stringify(path)}\n`);
    return Promise.race([listed, this.exited.then(() => false)]);
  }

  /** Lets a process that waits with the packages loaded run an application. */
  run(main: string, args: readonly string[]): void {
    this.channel.write(`run ${JSON.stringify([main, args])}\n`);
  }

  /** Ends the application at once. */
  kill(): void {
    this.wasStopped = true;
    this.signal('SIGKILL');
  }

  private signal(signal: NodeJS.Signals): void {
    if (this.pid === undefined) {
      this.signalWhenStarted = signal;
      return;
    }
    try {
      process.kill(this.pid, signal);
    } catch {
      // It has ended meanwhile; `exited` resolves.
    }
  }

  private async waitForExit(child: ChildProcess, outputs: Promise<void>[]): Promise<ProcessExit> {
    child.once('error', (error) => this.channel.destroy(error));
    this.channel.on('error', () => undefined);
    const closed = new Promise((resolve) => this.channel.once('close', resolve));
    const messages = createInterface({ input: this.channel });
    messages.on('line', (line) => {
      this.read(line);
    });
    // A readline interface passes its input's error on, and without a listener that ends the process.
    messages.on('error', () => undefined);
    await closed;
    // A process that the application started may hold its output open longer than it lives itself.
    await Promise.race([Promise.all(outputs), delay(LAST_OUTPUT, undefined, { ref: false })]);
    child.stdout?.destroy();
    child.stderr?.destroy();
    return { code: this.code, wasStopped: this.wasStopped };
  }

  /** The messages of preload.cjs. */
  private read(line: string): void {
    const [word, value] = line.split(' ');
    if (word === 'exit') this.code = Number(value);
    if (word === 'listed') this.onListed?.();
    if (word !== 'pid') return;
    this.pid = Number(value);
    this.onStarted?.(this.pid);
    if (this.signalWhenStarted) this.signal(this.signalWhenStarted);
  }
}

function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  const lines = createInterface({ input: stream });
  lines.on('line', onLine);
  return new Promise((resolve) => {
    lines.once('close', resolve);
    // An application that is killed may reset its pipe instead of closing it.
    lines.once('error', () => {
      resolve();
    });
  });
}
