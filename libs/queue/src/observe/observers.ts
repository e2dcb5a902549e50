import { channelObserver, QUEUE_CHANNELS } from './channel.observer';
import { LogObserver } from './log.observer';
import type { AnyObserver, QueueEventMap, QueueObserver } from './queue-observer';

/** The injection token of the observer that the parts of an application call: an {@link AnyObserver}. */
export const QUEUE_OBSERVER = Symbol('QUEUE_OBSERVER');

const ignore = (): void => undefined;

/** What every application has, and the application's own observers after it: the log, and the channels. */
export function defaultObserver(own: readonly QueueObserver[] = []): AnyObserver {
  return combineObservers([new LogObserver(), channelObserver(), ...own]);
}

/**
 * One observer that calls several, in this order. An event that none of them is interested in costs a call
 * of an empty function. An observer that throws disturbs neither the job nor the other observers.
 */
export function combineObservers(observers: readonly QueueObserver[]): AnyObserver {
  const names = Object.keys(QUEUE_CHANNELS) as (keyof QueueEventMap)[];
  const combined = names.map((name) => [name, combineMethods(observers, name)]);
  // Each name has a method for its own event.
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
        // An observer only looks on.
      }
    }
  };
}
