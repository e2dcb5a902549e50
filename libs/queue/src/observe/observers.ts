import { channelObserver, QUEUE_CHANNELS } from './channel.observer';
import { LogObserver } from './log.observer';
import { withEventFields } from './event-fields';
import type { AnyObserver, QueueEventMap, QueueObserver } from './queue-observer';

/** The injection token of the application's observer: an {@link AnyObserver}. */
export const QUEUE_OBSERVER = Symbol('QUEUE_OBSERVER');

const ignore = (): void => undefined;

/** The default observers (log and channels), followed by the application's own. */
export function defaultObserver(own: readonly QueueObserver[] = []): AnyObserver {
  return combineObservers([withEventFields(new LogObserver()), channelObserver(), ...own]);
}

/**
 * Combines observers into one that calls them in this order. An event without a listener costs a call of an
 * empty function. An observer that throws affects neither the job nor the other observers.
 */
export function combineObservers(observers: readonly QueueObserver[]): AnyObserver {
  const names = Object.keys(QUEUE_CHANNELS) as (keyof QueueEventMap)[];
  const combined = names.map((name) => [name, combineMethods(observers, name)]);
  // Each name maps to a method for its own event.
  return Object.fromEntries(combined) as AnyObserver;
}

function combineMethods<Name extends keyof QueueEventMap>(
  observers: readonly QueueObserver[],
  name: Name,
): (event: QueueEventMap[Name]) => void {
  const interested = observers.filter((observer) => observer[name] !== undefined);
  if (interested.length === 0) return ignore;
  return (event) => {
    for (const observer of interested) {
      try {
        observer[name]?.(event);
      } catch {
        // An observer's error must not affect the job.
      }
    }
  };
}
