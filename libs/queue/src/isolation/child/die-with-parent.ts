import { isMainThread, Worker } from 'node:worker_threads';

/** In milliseconds: how often a child process checks that its parent still exists. */
const INTERVAL = 500;

/** Runs in a thread, because the event loop of the child may be blocked. */
const WATCH = `
  const { workerData } = require('node:worker_threads');
  setInterval(() => {
    if (process.ppid !== workerData.parent) process.kill(process.pid, 'SIGKILL');
  }, workerData.interval);
`;

/** In megabytes; a timer needs very little. */
const LIMITS = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 };

/**
 * Ends this process when its parent is gone, for whatever reason: at once when their channel closes, or
 * from a separate thread while a job blocks the event loop. A thread of a worker does not need this.
 *
 * A signal to this process alone is ignored: its parent decides when it ends, and finishes its jobs first.
 */
export function dieWithParent(): void {
  if (!isMainThread) return;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  process.once('disconnect', () => process.exit(1));
  // The parent may already be gone: a child takes a while to load.
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
