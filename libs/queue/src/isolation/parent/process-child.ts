import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { settleWithin } from '../../timing/settle-within';
import type { Child, ChildEnd, ChildOptions } from './child';
import type { FromChild, ToChild } from '../wire/sandbox-protocol';

/** In milliseconds: how long after its end a child's last messages may take to arrive. */
const LAST_MESSAGES = 1_000;

/** A child process. It writes to the same output as its parent. */
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
    // What arrives here was sent by `runSandbox`.
    this.process.on('message', (message) => {
      onMessage(message as FromChild);
    });
    this.ended = this.end();
  }

  get label(): string {
    return `process ${this.process.pid ?? ''}`;
  }

  send(message: ToChild): void {
    // One that could not be started has no channel; its end says why.
    if (!this.process.connected) return;
    // With a callback, a channel that is closed meanwhile throws nothing and emits nothing.
    this.process.send(message, () => undefined);
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }

  private end(): Promise<ChildEnd> {
    return new Promise((resolve) => {
      // Not for a signal that could not be delivered: then it has ended, or it lives on.
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

  /** A process may be known to have ended before what it has sent was read. */
  private async received(): Promise<void> {
    if (!this.process.connected) return;
    // It rejects if the process emits an error meanwhile, which changes nothing about its end.
    const disconnected = once(this.process, 'disconnect').catch(() => undefined);
    await settleWithin(LAST_MESSAGES, disconnected);
  }
}

/** The parent's own flags for Node, without those of its debugger, whose port is taken. */
function inheritedFlags(): string[] {
  return process.execArgv.filter((flag) => !flag.startsWith('--inspect'));
}
