import { type ChildProcess, fork, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError, guard, interruption } from '@tools/experiment';
import { settingsEnvironment } from './programs/program-settings';

/** In milliseconds. */
const LIMIT = { message: 90_000, stop: 35_000 };

/** A process of this bench. It ends by itself when this one is gone. */
export class MeasuredProgram {
  private printed = '';

  private constructor(
    private readonly name: string,
    private readonly child: ChildProcess,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.printed = (this.printed + text).slice(-5_000);
      });
    }
  }

  /**
   * Starts a compiled program, and waits until it tells something.
   *
   * @throws BenchError with what it printed, if it ends instead
   */
  static async start(
    file: string,
    settings: Parameters<typeof settingsEnvironment>[0],
    running: Set<MeasuredProgram>,
  ): Promise<{ program: MeasuredProgram; message: unknown }> {
    const options: ForkOptions = {
      // A group of its own: Ctrl-C is for the bench, which stops it in order.
      detached: true,
      execArgv: [],
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        NODE_ENV: 'production',
        ...settingsEnvironment(settings),
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    };
    const child = guard(fork(file, options));
    const program = new MeasuredProgram(file, child);
    running.add(program);
    child.once('exit', () => running.delete(program));
    return { program, message: await program.nextMessage() };
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** What it has printed, for an error. */
  get output(): string {
    return this.printed;
  }

  /** Stops it in order, or at the limit. @throws BenchError if it had ended before */
  async stop(): Promise<void> {
    const { child } = this;
    if (this.hasEnded) throw new BenchError(`${this.name} has ended too early.\n${this.printed}`);
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    const killing = setTimeout(() => child.kill('SIGKILL'), LIMIT.stop);
    await exit;
    clearTimeout(killing);
    if (child.signalCode === 'SIGKILL') {
      throw new BenchError(
        `${this.name} did not stop within ${LIMIT.stop / 1_000} s.\n${this.printed}`,
      );
    }
  }

  /** Resolves when it has ended by itself. */
  async ended(): Promise<void> {
    if (!this.hasEnded) await once(this.child, 'exit');
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private async nextMessage(): Promise<unknown> {
    const waiting = new AbortController();
    const signal = AbortSignal.any([waiting.signal, interruption]);
    try {
      return await Promise.race([
        once(this.child, 'message', { signal }).then(([message]: unknown[]) => message),
        once(this.child, 'exit', { signal }).then(() => this.giveUp('has ended too early')),
        sleep(LIMIT.message, undefined, { signal }).then(() =>
          this.giveUp(`has told nothing for ${LIMIT.message / 1_000} s`),
        ),
      ]);
    } finally {
      waiting.abort();
    }
  }

  private giveUp(reason: string): never {
    throw new BenchError(`${this.name} ${reason}. It printed:\n${this.printed}`);
  }
}
