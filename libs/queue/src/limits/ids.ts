import { QueueKeys } from 'bullmq';
import { isStorable } from '../text/storable-text';
import { LONGEST_ID } from './numbers';
import { type Rule, string } from './rule';

/**
 * The keys that BullMQ has for each queue on Redis. A job is stored under its id beside them: one with the id
 * `wait` breaks its queue for good, and one with the id `meta` is not stored, and no error says so.
 */
const TAKEN: ReadonlySet<string> = new Set(Object.keys(new QueueKeys().getKeys('')));

const NOT_TAKEN =
  'an id that is not one of the names that BullMQ has for the keys of a queue, such as order-123';

const STORABLE = `a string of 1 to ${LONGEST_ID} bytes without NUL and halves of surrogate pairs`;

/** A job id of one's own. BullMQ numbers the jobs that have none, and separates the parts of keys by colons. */
export function jobId(): Rule {
  return string([
    [STORABLE, canBeStored],
    [
      'an id without colons (they separate the parts of a key in BullMQ), such as order-123',
      (id) => !id.includes(':'),
    ],
    [
      'an id that is not a whole number (those are for jobs that are given no id), such as order-123',
      (id) => String(Number.parseInt(id, 10)) !== id,
    ],
    [NOT_TAKEN, (id) => !TAKEN.has(id)],
  ]);
}

/** An id that BullMQ may have made itself. */
export function storedId(): Rule {
  return string([[NOT_TAKEN, (id) => !TAKEN.has(id) || id === '']]);
}

/** An id or a key that users choose freely. */
export function storableId(): Rule {
  return string([[STORABLE, canBeStored]]);
}

function canBeStored(id: string): boolean {
  return id !== '' && Buffer.byteLength(id) <= LONGEST_ID && isStorable(id);
}
