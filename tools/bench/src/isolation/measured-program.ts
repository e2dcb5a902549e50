import { type ChildProcess, fork, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExperimentError, guardProcess, interruption } from '@tools/experiment';
import { settingsEnvironment } from './programs/program-settings';

/** In milliseconds. */
const LIMIT = { message: 90_000, stop: 35_000 };

/** A process of this benchmark, which exits by itself when this process has ended. */
export class MeasuredProgram {
  private output = '';

  private constructor(
    private readonly name: string,
    private readonly child: ChildProcess,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output = (this.output + text).slice(-5_000);
      });
    }
  }

  /**
   * Starts a compiled program, and waits for its first message.
   *
   * @throws ExperimentError with its output, if it exits instead
   */
  static async start(
    file: string,
    settings: Parameters<typeof settingsEnvironment>[0],
    running: Set<MeasuredProgram>,
  ): Promise<{ program: MeasuredProgram; message: unknown }> {
    const options: ForkOptions = {
      // In a process group of its own, which Ctrl-C does not reach: the benchmark stops it in order.
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
    const child = guardProcess(fork(file, options));
    const program = new MeasuredProgram(file, child);
    running.add(program);
    child.once('exit', () => running.delete(program));
    return { program, message: await program.nextMessage() };
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Stops it with SIGTERM. @throws ExperimentError if it has exited already, or exceeds the limit */
  async stop(): Promise<void> {
    const { child } = this;
    if (this.hasEnded)
      throw new ExperimentError(`${this.name} exited too early. Its output:\n${this.output}`);
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    const killing = setTimeout(() => child.kill('SIGKILL'), LIMIT.stop);
    await exit;
    clearTimeout(killing);
    if (child.signalCode === 'SIGKILL') {
      throw new ExperimentError(
        `${this.name} did not stop within ${LIMIT.stop / 1_000} s. Its output:\n${this.output}`,
      );
    }
  }

  /** Resolves when it has exited by itself. */
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
        once(this.child, 'exit', { signal }).then(() => this.giveUp('exited too early')),
        sleep(LIMIT.message, undefined, { signal }).then(() =>
          this.giveUp(`sent no message within ${LIMIT.message / 1_000} s`),
        ),
      ]);
    } finally {
      waiting.abort();
    }
  }

  private giveUp(reason: string): never {
    throw new ExperimentError(`${this.name} ${reason}. Its output:\n${this.output}`);
  }
}
