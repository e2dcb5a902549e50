import { Inject } from '@nestjs/common';
import type { JobContext } from '../../attempt/job-context';
import { JobHost } from '../../processor/job-host';
import { JobProcessor, type JobProcessorOptions } from '../../processor/job-processor.decorator';
import type { ProcessorRegistry } from '../../processor/processor-registry';
import { QueueModule } from '../../module/queue.module';
import { GreeterModule } from './greeter.module';
import {
  brokenProbe,
  noteJob,
  parentProbe,
  plainProbe,
  processProbe,
  smallProcess,
  smallThread,
  threadProbe,
  timedProcess,
  timedThread,
  warmProbe,
} from './probe.contract';
import { ProbeHost } from './probe.host';

const imports = [GreeterModule, QueueModule.forFeature(noteJob)];

/** In megabytes: enough for Nest, and quickly filled. */
const memoryLimit = 64;

const options = (isolation: JobProcessorOptions['isolation']): JobProcessorOptions => ({
  imports,
  isolation,
  concurrency: 2,
});

@JobProcessor(processProbe, options('process'))
export class ProcessProbe extends ProbeHost {}

@JobProcessor(threadProbe, options('thread'))
export class ThreadProbe extends ProbeHost {}

@JobProcessor(plainProbe, options(undefined))
export class PlainProbe extends ProbeHost {}

@JobProcessor(smallProcess, options({ kind: 'process', memoryLimit }))
export class SmallProcess extends ProbeHost {}

@JobProcessor(smallThread, options({ kind: 'thread', memoryLimit }))
export class SmallThread extends ProbeHost {}

@JobProcessor(timedProcess, options('process'))
export class TimedProcess extends ProbeHost {}

@JobProcessor(timedThread, options('thread'))
export class TimedThread extends ProbeHost {}

@JobProcessor(warmProbe, options({ kind: 'process', warm: 1 }))
export class WarmProbe extends ProbeHost {}

@JobProcessor(parentProbe, { isolation: 'process' })
export class ParentProbe extends JobHost<typeof parentProbe> {
  handle({ children: { replies } }: JobContext<typeof parentProbe>) {
    return {
      pid: process.pid,
      replies: replies.map(({ result, failure }) => failure ?? String(result.at.getUTCFullYear())),
    };
  }
}

/** Its dependency has no provider. */
@JobProcessor(brokenProbe, options('process'))
export class BrokenProbe extends JobHost<typeof brokenProbe> {
  constructor(@Inject('MISSING') readonly missing: unknown) {
    super();
  }

  handle(): never {
    throw new Error('It cannot be made.');
  }
}

/** All of them, as a registry. */
export const probes = {
  'process-probe': () => Promise.resolve({ ProcessProbe }),
  'thread-probe': () => Promise.resolve({ ThreadProbe }),
  'plain-probe': () => Promise.resolve({ PlainProbe }),
  'small-process': () => Promise.resolve({ SmallProcess }),
  'small-thread': () => Promise.resolve({ SmallThread }),
  'timed-process': () => Promise.resolve({ TimedProcess }),
  'timed-thread': () => Promise.resolve({ TimedThread }),
  'parent-probe': () => Promise.resolve({ ParentProbe }),
  'warm-probe': () => Promise.resolve({ WarmProbe }),
  'broken-probe': () => Promise.resolve({ BrokenProbe }),
} satisfies ProcessorRegistry;
