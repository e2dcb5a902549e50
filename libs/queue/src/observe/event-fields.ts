import { textOf } from '../text/reason-of';
import { QUEUE_CHANNELS } from './channel.observer';
import { type LineFields, withFields } from './line-fields';
import type { QueueEventMap, QueueObserver } from './queue-observer';

/** An observer whose lines have the fields of their events: queue, job, attempt, duration, the code of an error. */
export function withEventFields(observer: QueueObserver): QueueObserver {
  const methods = (Object.keys(QUEUE_CHANNELS) as (keyof QueueEventMap)[])
    .filter((name) => observer[name] !== undefined)
    .map((name) => [name, withFieldsOf(observer, name)]);
  // Each name maps to a method for its own event.
  return Object.fromEntries(methods) as QueueObserver;
}

function withFieldsOf<Name extends keyof QueueEventMap>(
  observer: QueueObserver,
  name: Name,
): (event: QueueEventMap[Name]) => void {
  return (event) => {
    withFields(fieldsOf(event), () => {
      observer[name]?.(event);
    });
  };
}

/** Every event names these alike. */
interface CommonFields {
  readonly queue?: string;
  readonly processor?: string;
  readonly id?: string;
  readonly attempt?: number;
  readonly duration?: number;
  readonly error?: unknown;
}

function fieldsOf(event: object | undefined): LineFields {
  // An event that has other fields has none of these.
  const { queue, processor, id, attempt, duration, error }: CommonFields = event ?? {};
  return {
    queue: queue ?? processor,
    jobId: id,
    attempt,
    duration: duration === undefined ? undefined : Math.round(duration),
    errorCode: error === undefined ? undefined : textOf(error, 'code'),
  };
}
