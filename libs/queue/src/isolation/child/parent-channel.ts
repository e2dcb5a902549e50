import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { SandboxAloneError } from './sandbox-alone.error';
import type { FromChild, ToChild } from '../wire/sandbox-protocol';
import { SANDBOX_THREAD } from '../wire/sandbox-thread';

/** A child's connection to its parent. */
export interface ParentChannel {
  send(message: FromChild): void;
  /** Call once. Earlier messages are not lost. */
  listen(listener: (message: ToChild) => void): void;
  /** Ends this child after its messages were sent. */
  end(code: number): void;
}

/** @throws SandboxAloneError if this is not a child of a worker. */
export function parentChannel(): ParentChannel {
  if (!isMainThread && parentPort !== null && workerData === SANDBOX_THREAD) {
    return threadChannel(parentPort);
  }
  if (isMainThread && process.send !== undefined) return processChannel();
  throw new SandboxAloneError();
}

function threadChannel(port: NonNullable<typeof parentPort>): ParentChannel {
  return {
    send: (message) => {
      port.postMessage(JSON.stringify(message));
    },
    listen: (listener) => {
      port.on('message', (message: string) => {
        // Sent by `ThreadChild`.
        listener(JSON.parse(message) as ToChild);
      });
    },
    // In a thread this ends only the thread, after its posted messages.
    end: (code) => process.exit(code),
  };
}

function processChannel(): ParentChannel {
  let pending = 0;
  let exitCode: number | undefined;
  const exitIfDone = () => {
    if (exitCode !== undefined && pending === 0) process.exit(exitCode);
  };
  return {
    send: (message) => {
      // Throws synchronously for a value that cannot be serialised.
      process.send?.(message, undefined, undefined, () => {
        pending--;
        exitIfDone();
      });
      pending++;
    },
    listen: (listener) => {
      process.on('message', (message) => {
        // Sent by `ProcessChild`.
        listener(message as ToChild);
      });
    },
    end: (code) => {
      exitCode = code;
      exitIfDone();
    },
  };
}
