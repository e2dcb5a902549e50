import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { imageSteps } from './dockerfile';

/** How a program ended: its exit code, or the signal that killed it. */
export interface AppExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface AppProcessOptions {
  /** The folder that holds `main.js`. */
  folder: string;
  /** The program's whole environment besides PATH and HOME: nothing leaks in from the test's own. */
  env: Record<string, string>;
  /** The program to start; default: this node. */
  command?: string;
  /** Its arguments; default: those of the Dockerfile in the folder. */
  args?: string[];
}

/** A built program that runs as a process of its own, started as its Dockerfile says. */
export class AppProcess {
  private readonly child: ChildProcess;
  private readonly ended: Promise<AppExit>;
  private text = '';

  constructor({
    folder,
    env,
    command = process.execPath,
    args = imageSteps(folder).start.slice(1),
  }: AppProcessOptions) {
    this.child = spawn(command, args, {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.text += chunk;
      });
    }
    this.ended = once(this.child, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
    }));
  }

  /** Everything the program has printed so far, on both streams. */
  get output(): string {
    return this.text;
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('The program did not start.');
    return this.child.pid;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves when the program has ended, whatever ended it. */
  exit(): Promise<AppExit> {
    return this.ended;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Asks the program to stop as a process manager does, and resolves when it has. */
  async stop(): Promise<AppExit> {
    if (this.running) this.child.kill('SIGTERM');
    return this.ended;
  }

  /**
   * Resolves once `url` answers 200.
   * @throws if the program ends first, or after `timeout` ms (default 60 s); the message holds its output.
   */
  async ready(url: string, timeout = 60_000): Promise<void> {
    const deadline = Date.now() + timeout;
    for (;;) {
      if (!this.running)
        throw new Error(`The program ended before ${url} was ready:\n${this.text}`);
      const status = await fetch(url).then(
        async (response) => {
          await response.arrayBuffer();
          return response.status;
        },
        () => 0,
      );
      if (status === 200) return;
      if (Date.now() > deadline) {
        throw new Error(
          `${url} was not ready within ${timeout} ms (last: ${status}):\n${this.text}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
