// A file of its own, because it is loaded before all others: it must import nothing.
export { endOnEarlySignal } from '@libs/health/early-signal';
