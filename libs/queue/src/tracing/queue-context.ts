import { createContextKey } from '@opentelemetry/api';

/** Inside of an attempt: the carrier that the job came with. */
export const ORIGIN = createContextKey('@libs/queue origin of a job');

/** The carrier to store with a job, in place of that of the active span. */
export const STORED = createContextKey('@libs/queue carrier to store');

/** While jobs of an outbox are published: they have a span, and the `add` needs none. */
export const PUBLISHING = createContextKey('@libs/queue publishing');
