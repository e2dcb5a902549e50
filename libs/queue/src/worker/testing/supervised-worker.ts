import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A worker's process that is started again whenever it ends by itself, as by an orchestrator. */
export class SupervisedWorker {
  /** What all of its processes have printed. */
  output = '';
  /** The exit codes or signals of its ended processes. */
  readonly ends: (number | string)[] = [];
  private isStopping = false;
  private current: ChildProcess;

  constructor(
    private readonly program: readonly string[],
    private readonly env: Readonly<Record<string, string>>,
  ) {
    this.current = this.start();
  }

  /** As if nothing had been printed, and no process had ended. */
  forget(): void {
    this.output = '';
    this.ends.length = 0;
  }

  /** Ends its current process by force. */
  kill(): void {
    this.current.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    const { current } = this;
    current.kill();
    if (current.exitCode === null && current.signalCode === null) await once(current, 'exit');
  }

  private start(): ChildProcess {
    const child = spawn(process.execPath, [...this.program], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', ...this.env },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    child.once('exit', (code, signal) => {
      if (this.isStopping) return;
      this.ends.push(code ?? signal ?? 'unknown');
      this.current = this.start();
    });
    return child;
  }
}
