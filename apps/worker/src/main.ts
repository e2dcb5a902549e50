import { endOnEarlySignal } from '@libs/worker-app/early-signal';
import { worker } from './worker';

/** Beside this file when both are built; its source is sandbox.ts. */
const SANDBOX = new URL('./sandbox.js', import.meta.url);

// The rest takes most of the time of a start to load, and a signal may come meanwhile.
const takeOver = endOnEarlySignal();
// Nx would forbid all other imports of the library if it knew of this one.
// nx-ignore-next-line
const { startWorker } = await import('@libs/worker-app/start-worker');
takeOver();
await startWorker(worker, SANDBOX);
