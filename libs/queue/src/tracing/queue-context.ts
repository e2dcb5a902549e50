import { createContextKey } from '@opentelemetry/api';

/** The carrier that a context came with. Inside of an attempt: that of the job, which each of its attempts has. */
export const ORIGIN = createContextKey('@libs/queue origin of a job');

/** The carrier to store with a job, in place of that of the active span. */
export const STORED = createContextKey('@libs/queue carrier to store');

/** While jobs of an outbox are published: they have a span, and the `add` needs none. */
export const PUBLISHING = createContextKey('@libs/queue publishing');
