/** Marks a thread as started by a worker, and not by other code. */
export const SANDBOX_THREAD = '@libs/queue:sandbox';
