import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ExperimentError, spawnProgram, WORKSPACE_ROOT } from '@tools/experiment';

/** A program that prints a line when it is ready, and a line of JSON for each SIGUSR2. */
export class ReportingProgram {
  private readonly child;
  private readonly lines: AsyncIterator<string>;

  /**
   * @param settings its argument, as JSON
   * @param node what runs it. @default the Node of this process
   */
  constructor(file: string, settings: object, node = process.execPath) {
    this.child = spawnProgram(node, [file, JSON.stringify(settings)], {
      cwd: WORKSPACE_ROOT,
      env: { ...process.env, NODE_ENV: 'production' },
    });
    // Not by `pipe`: many programs are more listeners than Node takes for sound.
    this.child.stderr.on('data', (chunk: Buffer) => process.stderr.write(chunk));
    this.lines = createInterface(this.child.stdout)[Symbol.asyncIterator]();
  }

  /** Resolves when it is ready. */
  async ready(): Promise<void> {
    await this.nextLine();
  }

  /** What it reports now. */
  async report(): Promise<unknown> {
    const line = this.nextLine();
    this.child.kill('SIGUSR2');
    return JSON.parse(await line) as unknown;
  }

  /** @returns its exit code; null if a signal has ended it */
  async end(): Promise<number | null> {
    const { exitCode, signalCode } = this.child;
    if (exitCode === null && signalCode === null) await once(this.child, 'exit');
    return this.child.exitCode;
  }

  async kill(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    await this.end();
  }

  private async nextLine(): Promise<string> {
    const line: IteratorResult<string, unknown> = await this.lines.next();
    if (line.done) throw new ExperimentError('A worker has ended before it was stopped.');
    return line.value;
  }
}
