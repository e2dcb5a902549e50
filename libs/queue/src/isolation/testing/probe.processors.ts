import { Inject } from '@nestjs/common';
import { JobHost } from '../../consumer/job-host';
import { JobProcessor, type JobProcessorOptions } from '../../consumer/job-processor.decorator';
import { QueueModule } from '../../module/queue.module';
import { GreeterModule } from './greeter.module';
import {
  brokenProbe,
  limitedProcess,
  limitedThread,
  noteJob,
  processProbe,
  threadProbe,
} from './probe.contract';
import { ProbeHost } from './probe.host';

const imports = [GreeterModule, QueueModule.forFeature(noteJob)];

/** In megabytes: enough for Nest, and filled in a moment. */
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

@JobProcessor(limitedProcess, options({ kind: 'process', memoryLimit }))
export class LimitedProcess extends ProbeHost {}

@JobProcessor(limitedThread, options({ kind: 'thread', memoryLimit }))
export class LimitedThread extends ProbeHost {}

/** Its dependency is provided by nobody. */
@JobProcessor(brokenProbe, options('process'))
export class BrokenProbe extends JobHost<typeof brokenProbe> {
  constructor(@Inject('MISSING') readonly missing: unknown) {
    super();
  }

  handle(): never {
    throw new Error('It cannot be made.');
  }
}
