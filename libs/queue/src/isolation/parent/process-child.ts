import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { settleWithin } from '../../timing/settle-within';
import type { Child, ChildEnd, ChildOptions } from './child';
import type { FromChild, ToChild } from '../wire/sandbox-protocol';

/** In milliseconds: how long a child's last messages may take to arrive after its end. */
const LAST_MESSAGES = 1_000;

/** A child process. It shares its parent's output. */
export class ProcessChild implements Child {
  readonly ended: Promise<ChildEnd>;
  private readonly process: ChildProcess;

  constructor({ entry, memoryLimit, onMessage }: ChildOptions) {
    this.process = fork(fileURLToPath(entry), [], {
      execArgv: [
        ...inheritedFlags(),
        ...(memoryLimit === undefined ? [] : [`--max-old-space-size=${memoryLimit}`]),
      ],
      env: process.env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // A process group of its own: Ctrl-C and a signal to the worker's whole group are for the worker, also
      // while the child loads its code and cannot ignore them yet. It ends with its worker in any case.
      detached: process.platform !== 'win32',
      serialization: 'json',
    });
    // Sent by `runSandbox`.
    this.process.on('message', (message) => {
      onMessage(message as FromChild);
    });
    this.ended = this.end();
  }

  get label(): string {
    return `process ${this.process.pid ?? ''}`;
  }

  send(message: ToChild): void {
    // A process that failed to start has no channel; its end carries the reason.
    if (!this.process.connected) return;
    // With a callback, a channel that was closed meanwhile neither throws nor emits an error.
    this.process.send(message, () => undefined);
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }

  private end(): Promise<ChildEnd> {
    return new Promise((resolve) => {
      // Ignores an undelivered signal: the process has already ended, or still runs.
      this.process.on('error', (error) => {
        if (this.process.pid === undefined) resolve({ error });
      });
      this.process.once('exit', (code, signal) => {
        void this.received().then(() => {
          resolve({ code: code ?? undefined, signal: signal ?? undefined });
        });
      });
    });
  }

  /** The end of a process may be reported before its last messages are read. */
  private async received(): Promise<void> {
    if (!this.process.connected) return;
    // Rejects if the process emits an error meanwhile, which does not affect its end.
    const disconnected = once(this.process, 'disconnect').catch(() => undefined);
    await settleWithin(LAST_MESSAGES, disconnected);
  }
}

/** The parent's Node flags, without those of its debugger, whose port is taken. */
function inheritedFlags(): string[] {
  return process.execArgv.filter((flag) => !flag.startsWith('--inspect'));
}
