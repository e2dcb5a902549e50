/** Tells the entry that it runs in a thread of a worker, and not in one that somebody else has started. */
export const SANDBOX_THREAD = '@libs/queue:sandbox';
