import { Injectable, Module, Scope, type INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { z } from 'zod';
import { defineJob } from '../contract/define-job';
import { QueueModule } from './queue.module';
import { InjectJob } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { hasEnded } from '../queues/job-snapshot';
import { JobsReader } from '../reader/jobs-reader';
import { openQueueStore } from '../store/open-queue-store';
import { QueueStore } from '../store/queue-store';
import { ScopedProcessorError } from '../processor/scoped-processor.error';
import type { JobContext } from '../attempt/job-context';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';
import type { ProcessorClass } from '../processor/processor-class';
import { QueueWorkerModule } from './queue-worker.module';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';

const firstJob = defineJob({
  name: 'first',
  data: z.object({ text: z.string() }),
  result: z.object({ next: z.string() }),
});
const secondJob = defineJob({ name: 'second', data: z.object({ text: z.string() }) });

@Injectable()
class Shouter {
  shout(text: string) {
    return text.toUpperCase();
  }
}

@Module({ providers: [Shouter], exports: [Shouter] })
class ShoutModule {}

@JobProcessor(firstJob, { imports: [ShoutModule, QueueModule.forFeature(secondJob)] })
class FirstProcessor extends JobHost<typeof firstJob> {
  constructor(
    private readonly shouter: Shouter,
    @InjectJob(secondJob) private readonly seconds: JobProducer<typeof secondJob>,
  ) {
    super();
  }

  async handle({ data }: JobContext<typeof firstJob>) {
    const { id } = await this.seconds.add({ text: this.shouter.shout(data.text) });
    return { next: id };
  }
}

@JobProcessor(secondJob)
class SecondProcessor extends JobHost<typeof secondJob> {
  readonly texts: string[] = [];

  handle({ data }: JobContext<typeof secondJob>) {
    this.texts.push(data.text);
  }
}

@JobProcessor(secondJob)
class IntrudingProcessor extends JobHost<typeof secondJob> {
  // Only the other processor imports ShoutModule.
  constructor(readonly shouter: Shouter) {
    super();
  }

  handle() {}
}

@Injectable({ scope: Scope.REQUEST })
class RequestLog {}

@JobProcessor(secondJob, { providers: [RequestLog] })
class ForgetfulProcessor extends JobHost<typeof secondJob> {
  constructor(readonly requestLog: RequestLog) {
    super();
  }

  handle() {}
}

describeOnEachStore('a worker with two processors', (kind) => {
  let testStore: TestStore;

  beforeAll(async () => {
    testStore = await createTestStore(kind);
  });

  afterAll(() => testStore.drop());

  function worker(...processors: ProcessorClass[]) {
    return Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: testStore.url, applicationName: 'worker' }),
        QueueModule.forFeature(firstJob, secondJob),
        QueueWorkerModule.forProcessors(processors),
      ],
    });
  }

  /** An application that fails to start cannot be closed, so the test closes its store. */
  async function expectRefused(reason: string, ...processors: ProcessorClass[]) {
    const store = await openQueueStore({ url: testStore.url });
    const starting = worker(...processors)
      .overrideProvider(QueueStore)
      .useValue(store)
      .compile()
      .then((app) => app.init());
    const error: unknown = await starting.catch((refusal: unknown) => refusal);
    expect(String(error)).toContain(reason);
    await store.close();
  }

  async function end(app: INestApplicationContext, queue: string, id: string) {
    for await (const snapshot of app.get(JobsReader).watch(queue, id)) {
      if (hasEnded(snapshot)) return snapshot;
    }
    throw new Error(`${queue} ${id} is gone`);
  }

  it('gives each what it imports, and lets one add jobs for the other', async () => {
    const app = await worker(FirstProcessor, SecondProcessor).compile();
    await app.init();
    const producer = app.get<JobProducer<typeof firstJob>>('JobProducer(first)', { strict: false });
    const { queue, id } = await producer.add({ text: 'hello' });
    const { result } = await end(app, queue, id);
    await end(app, 'second', (result as { next: string }).next);
    expect(app.get(SecondProcessor, { strict: false }).texts).toEqual(['HELLO']);
    await app.close();
  });

  it('refuses a processor that would have to be made for each request', async () => {
    await expectRefused(ScopedProcessorError.name, FirstProcessor, ForgetfulProcessor);
  });

  it('does not give one what only the other imports, and names the module in which it is missing', async () => {
    await expectRefused('IntrudingProcessorModule', FirstProcessor, IntrudingProcessor);
  });
});
