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
  'ignore-abort',
  'loop',
  'crash',
  'exit',
  'not-catch',
  'reject',
  'fill-memory',
  'leave-behind',
] as const;

export type ProbeJob = ReturnType<typeof defineProbe>;

function defineProbe(name: string, timeout?: number) {
  return defineJob({
    name,
    data: z.object({
      do: z.enum(actions),
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
/** With little memory, and little time. */
export const limitedProcess = defineProbe('limited-process', 1_500);
export const limitedThread = defineProbe('limited-thread', 1_500);
export const brokenProbe = defineProbe('broken-probe');
export const noteJob = defineJob({ name: 'note', data: z.object({ text: z.string() }) });
