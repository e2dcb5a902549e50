import { Worker } from 'node:worker_threads';
import type { Child, ChildEnd, ChildOptions } from './child';
import type { FromChild, ToChild } from '../wire/sandbox-protocol';
import { SANDBOX_THREAD } from '../wire/sandbox-thread';

/** A thread of this process, with its own event loop and heap. */
export class ThreadChild implements Child {
  readonly label: string;
  readonly ended: Promise<ChildEnd>;
  private readonly thread: Worker;

  constructor({ entry, memoryLimit, onMessage }: ChildOptions) {
    this.thread = new Worker(entry, {
      workerData: SANDBOX_THREAD,
      env: process.env,
      ...(memoryLimit === undefined
        ? {}
        : { resourceLimits: { maxOldGenerationSizeMb: memoryLimit } }),
    });
    this.label = `thread ${this.thread.threadId}`;
    this.thread.on('message', (message: string) => {
      // Sent by `runSandbox`.
      onMessage(JSON.parse(message) as FromChild);
    });
    this.ended = new Promise((resolve) => {
      let error: Error | undefined;
      this.thread.once('error', (thrown: unknown) => {
        error = thrown as Error;
      });
      this.thread.once('exit', (code) => {
        resolve({ code, error });
      });
    });
  }

  send(message: ToChild): void {
    // As JSON, so that a thread receives exactly what a process would.
    this.thread.postMessage(JSON.stringify(message));
  }

  kill(): void {
    void this.thread.terminate();
  }
}
