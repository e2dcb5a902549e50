import * as z from 'zod';
import { defineJob } from '../../contract/define-job';

/** The actions of a probe. The last ones do not end by themselves, or crash. */
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
  'burn',
  'crash',
  'crash-once',
  'exit',
  'not-catch',
  'reject',
  'fill-memory',
  'leave-behind',
  'leave-a-crash',
] as const;

export type ProbeAction = (typeof actions)[number];

export type ProbeJob = ReturnType<typeof defineProbe>;

function defineProbe(name: string, timeout?: number) {
  return defineJob({
    name,
    data: z.object({
      do: z.enum(actions),
      /** The name to greet, or the file of the action. */
      name: z.string().default('nobody'),
      day: z.coerce.date().optional(),
    }),
    result: z.object({
      greeting: z.string(),
      /** The process and thread that ran it. */
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
/** In milliseconds: enough for a job that ends, even on a busy machine. */
export const TIME_LIMIT = 1_500;

export const timedProcess = defineProbe('timed-process', TIME_LIMIT);
export const timedThread = defineProbe('timed-thread', TIME_LIMIT);
/** Its processor cannot be created. */
export const warmProbe = defineProbe('warm-probe');

export const brokenProbe = defineProbe('broken-probe');

export const noteJob = defineJob({ name: 'note', data: z.object({ text: z.string() }) });

const date = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (value) => value.toISOString(),
});

export const replyJob = defineJob({
  name: 'reply',
  data: z.object({}),
  result: z.object({ at: date }),
});

/** Waits for others. */
export const parentProbe = defineJob({
  name: 'parent-probe',
  data: z.object({}),
  result: z.object({ pid: z.number(), replies: z.array(z.string()) }),
  children: { replies: { job: replyJob, onFailure: 'continue' } },
});
