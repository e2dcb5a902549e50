import * as z from 'zod';
import { defineJob } from '../../contract/define-job';

/** What a probe is told to do. The last ones do not end by themselves, or not well. */
const actions = [
  'greet',
  'use-job',
  'enqueue',
  'wrong-result',
  'throw',
  'give-up',
  'retry-later',
  'hold',
  'wait-for-file',
  'ignore-abort',
  'loop',
  'crash',
  'crash-once',
  'exit',
  'not-catch',
  'reject',
  'fill-memory',
  'leave-behind',
] as const;

export type ProbeAction = (typeof actions)[number];

export type ProbeJob = ReturnType<typeof defineProbe>;

function defineProbe(name: string, timeout?: number) {
  return defineJob({
    name,
    data: z.object({
      do: z.enum(actions),
      /** Whom to greet, or a file that the action is about. */
      name: z.string().default('nobody'),
      day: z.coerce.date().optional(),
    }),
    result: z.object({
      greeting: z.string(),
      /** Which process has done it, and which of its threads. */
      pid: z.number(),
      thread: z.number(),
      details: z.record(z.string(), z.unknown()).default({}),
    }),
    options: { attempts: 1, backoff: 0 },
    timeout,
  });
}

export const processProbe = defineProbe('process-probe');
export const threadProbe = defineProbe('thread-probe');
/** Not isolated. */
export const plainProbe = defineProbe('plain-probe');
/** With little memory. */
export const smallProcess = defineProbe('small-process');
export const smallThread = defineProbe('small-thread');
/** With little time. */
/** In milliseconds: enough for a job that ends, on a machine that is busy. */
export const TIME_LIMIT = 1_500;

export const timedProcess = defineProbe('timed-process', TIME_LIMIT);
export const timedThread = defineProbe('timed-thread', TIME_LIMIT);
/** Cannot be made. */
export const brokenProbe = defineProbe('broken-probe');

export const noteJob = defineJob({ name: 'note', data: z.object({ text: z.string() }) });
