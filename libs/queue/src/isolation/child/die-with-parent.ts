import { isMainThread, Worker } from 'node:worker_threads';

/** In milliseconds: how often a child process looks whether its parent is still there. */
const INTERVAL = 500;

/** The event loop of the child may be blocked, so this runs beside it. */
const WATCH = `
  const { workerData } = require('node:worker_threads');
  setInterval(() => {
    if (process.ppid !== workerData.parent) process.kill(process.pid, 'SIGKILL');
  }, workerData.interval);
`;

/** In megabytes; a timer needs next to nothing. */
const LIMITS = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 };

/**
 * Ends this process when its parent is gone, however that was: by the end of their channel at once, or
 * from a thread of its own while a job blocks the event loop. A thread of a worker needs none of it.
 *
 * A signal to this process alone is ignored: its parent decides when it ends, and finishes its jobs first.
 */
export function dieWithParent(): void {
  if (!isMainThread) return;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  process.once('disconnect', () => process.exit(1));
  // It may be gone already: a child takes a while to load.
  if (!process.connected) process.exit(1);
  const workerData = { parent: process.ppid, interval: INTERVAL };
  new Worker(WATCH, {
    eval: true,
    workerData,
    resourceLimits: LIMITS,
    execArgv: [],
    env: {},
  }).unref();
}
