import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExperimentError, interruption, spawnProgram } from '@tools/experiment';

/** In milliseconds. */
const LIMIT = { ready: 120_000, stop: 15_000 };

/** A process that prints a line when it is ready, and again after each restart. */
export class ServedApplication {
  private output = '';
  private readonly child: ChildProcess;

  /** @param args of node */
  constructor(
    args: readonly string[],
    private readonly ready: RegExp,
    { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  ) {
    this.child = spawnProgram(process.execPath, args, { cwd, env });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => (this.output += chunk));
    }
  }

  /** How often it was ready. */
  get times(): number {
    return this.output.match(new RegExp(this.ready, 'g'))?.length ?? 0;
  }

  /** @throws ExperimentError with its output if it ends, or takes too long */
  async untilReady(times: number): Promise<void> {
    const deadline = performance.now() + LIMIT.ready;
    while (this.times < times) {
      interruption.throwIfAborted();
      const isOver = this.child.exitCode !== null || performance.now() > deadline;
      if (isOver) throw new ExperimentError(`It was not ready. Its output:\n${this.output}`);
      await sleep(2);
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const killing = setTimeout(() => this.child.kill('SIGKILL'), LIMIT.stop);
    await exit;
    clearTimeout(killing);
  }
}
