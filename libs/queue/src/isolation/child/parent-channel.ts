import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { SandboxAloneError } from './sandbox-alone.error';
import type { FromChild, ToChild } from '../wire/sandbox-protocol';
import { SANDBOX_THREAD } from '../wire/sandbox-thread';

/** What a child has of its parent. */
export interface ParentChannel {
  send(message: FromChild): void;
  /** To be called once. What was sent before is not lost. */
  listen(listener: (message: ToChild) => void): void;
  /** Ends this child when what it has sent is on its way. */
  end(code: number): void;
}

/** @throws SandboxAloneError if this is no child of a worker. */
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
        // What arrives here was sent by `ThreadChild`.
        listener(JSON.parse(message) as ToChild);
      });
    },
    // In a thread this ends the thread, after what it has posted.
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
      // It throws at once for what cannot be serialised.
      process.send?.(message, undefined, undefined, () => {
        pending--;
        exitIfDone();
      });
      pending++;
    },
    listen: (listener) => {
      process.on('message', (message) => {
        // What arrives here was sent by `ProcessChild`.
        listener(message as ToChild);
      });
    },
    end: (code) => {
      exitCode = code;
      exitIfDone();
    },
  };
}
