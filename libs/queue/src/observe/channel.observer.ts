import { channel } from 'node:diagnostics_channel';
import type { QueueEventMap, QueueObserver } from './queue-observer';

/**
 * The channels of Node's `diagnostics_channel` that publish the events of this library, keyed by the
 * observer method of the same event. These names are stable.
 */
export const QUEUE_CHANNELS = {
  jobsAdded: 'nestjs-queue:jobs:added',
  attemptStarted: 'nestjs-queue:attempt:started',
  jobProgressed: 'nestjs-queue:job:progressed',
  jobCompleted: 'nestjs-queue:job:completed',
  attemptFailed: 'nestjs-queue:attempt:failed',
  jobCancelled: 'nestjs-queue:job:cancelled',
  jobsRequeued: 'nestjs-queue:jobs:requeued',
  jobStalled: 'nestjs-queue:job:stalled',
  loopBlocked: 'nestjs-queue:loop:blocked',
  loopDelayed: 'nestjs-queue:loop:delayed',
  processCrashed: 'nestjs-queue:process:crashed',
  jobRunsAlone: 'nestjs-queue:job:runs-alone',
  storeLost: 'nestjs-queue:store:lost',
  storeBack: 'nestjs-queue:store:back',
  sandboxReady: 'nestjs-queue:sandbox:ready',
  sandboxLost: 'nestjs-queue:sandbox:lost',
  sandboxEnded: 'nestjs-queue:sandbox:ended',
  sandboxRefused: 'nestjs-queue:sandbox:refused',
  outboxPublished: 'nestjs-queue:outbox:published',
  outboxFailing: 'nestjs-queue:outbox:failing',
  outboxBack: 'nestjs-queue:outbox:back',
  outboxRefused: 'nestjs-queue:outbox:refused',
  outboxLate: 'nestjs-queue:outbox:late',
  outboxCaughtUp: 'nestjs-queue:outbox:caught-up',
  queueOperated: 'nestjs-queue:queue:operated',
  schedulesChanged: 'nestjs-queue:schedules:changed',
  schedulesOnStandby: 'nestjs-queue:schedules:on-standby',
  scheduleSkipped: 'nestjs-queue:schedule:skipped',
  errorReported: 'nestjs-queue:error:reported',
} as const satisfies Record<keyof QueueEventMap, string>;

/** Publishes each event on its channel. Without subscribers, that costs one property access. */
export function channelObserver(): QueueObserver {
  const methods = Object.entries(QUEUE_CHANNELS).map(([name, channelName]) => {
    const events = channel(channelName);
    return [
      name,
      (event: unknown) => {
        if (events.hasSubscribers) events.publish(event);
      },
    ];
  });
  // Each name maps to a method that takes its event.
  return Object.fromEntries(methods) as QueueObserver;
}
