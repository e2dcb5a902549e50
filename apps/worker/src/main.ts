import { endOnEarlySignal } from '@libs/health/early-signal';

/** Beside this file when both are built; its source is sandbox.ts. */
const SANDBOX = new URL('./sandbox.js', import.meta.url);

// The rest takes most of the time of a start to load, and a signal may come meanwhile.
const takeOver = endOnEarlySignal();
const { start } = await import('./start');
takeOver();
await start(SANDBOX);
