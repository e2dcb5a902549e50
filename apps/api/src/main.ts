import { endOnEarlySignal } from '@libs/health/early-signal';

// The rest takes most of the time of a start to load, and a signal may come meanwhile.
const takeOver = endOnEarlySignal();
const { start } = await import('./start');
takeOver();
await start();
