import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { ProcessLogger } from '@libs/config';
import { until } from '@libs/testing';
import * as z from 'zod';
import { DeadJobs, defineJob, logFields, QueueModule } from '..';
import type { JobContext } from '../attempt/job-context';
import { JobHost, JobProcessor, NonRetryableError, QueueWorkerModule } from '../consumer';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer } from '../producer/job-producer';
import { createTestStore, describeOnEachStore, type TestStore } from '../store/testing/each-store';

const letterJob = defineJob({
  name: 'letter',
  data: z.object({ to: z.string(), fails: z.boolean() }),
  redact: ['to'],
});

class BouncedError extends NonRetryableError {
  override readonly code = 'BOUNCED';
}

@JobProcessor(letterJob)
class LetterProcessor extends JobHost<typeof letterJob> {
  private readonly postOffice = new Logger('PostOffice');

  async handle({ data, log }: JobContext<typeof letterJob>) {
    await log(`To ${data.to}`);
    await new Promise(setImmediate);
    this.postOffice.log('Stamped.');
    if (data.fails) throw new BouncedError(`${data.to} has moved.`);
  }
}

interface Line {
  readonly context: string;
  readonly message: string;
}

describeOnEachStore('the log in JSON', (kind) => {
  let store: TestStore;
  let app: TestingModule;
  let producer: JobProducer<typeof letterJob>;
  let written: string[];

  beforeAll(async () => {
    store = await createTestStore(kind);
    app = await Test.createTestingModule({
      imports: [
        QueueModule.forRoot({ url: store.url }),
        QueueModule.forFeature(letterJob),
        QueueWorkerModule.forProcessors([LetterProcessor]),
      ],
    }).compile();
    capture();
    app.useLogger(new ProcessLogger('worker', { LOG_FORMAT: 'json', LOG_LEVEL: 'log' }, logFields));
    await app.init();
    producer = app.get(getJobProducerToken(letterJob), { strict: false });
  });

  function capture() {
    written = [];
    const write = (text: string | Uint8Array) => written.push(String(text)) > 0;
    jest.spyOn(process.stdout, 'write').mockImplementation(write);
    jest.spyOn(process.stderr, 'write').mockImplementation(write);
  }

  beforeEach(capture);

  afterAll(async () => {
    await app.close();
    await store.drop();
  });

  const lines = () => written.map((text) => JSON.parse(text) as Line);

  it('has queue, job and attempt in every line about a job, also in those that its services write', async () => {
    const { id } = await producer.add({ to: 'ada@example.com', fails: false });
    await until(() => written.some((text) => text.includes('completed')));
    const job = { process: 'worker', level: 'log', queue: 'letter', jobId: id, attempt: 1 };
    expect(lines()).toMatchObject([
      { ...job, context: 'letter', message: 'To [redacted]' },
      { ...job, context: 'PostOffice', message: 'Stamped.' },
      { ...job, context: 'letter', duration: expect.any(Number) as number },
    ]);
  });

  it('has the code of an error, and nothing that the contract keeps from people', async () => {
    const { id } = await producer.add({ to: 'ada@example.com', fails: true });
    await until(() => written.some((text) => text.includes('failed permanently')));
    expect(lines().at(-1)).toMatchObject({
      level: 'error',
      queue: 'letter',
      jobId: id,
      attempt: 1,
      duration: expect.any(Number) as number,
      errorCode: 'BOUNCED',
      message: `Job ${id} failed permanently (attempt 1 of 3): [redacted] has moved.`,
    });
    const dead = await app.get(DeadJobs).get('letter', id);
    const log = await app.get(DeadJobs).log('letter', id);
    expect(dead).toMatchObject({ data: { to: '[redacted]', fails: true } });
    expect(dead.failure).toBe('[redacted] has moved.');
    expect(log).toEqual(['To [redacted]']);
    expect(JSON.stringify([dead, log, written])).not.toContain('ada@example.com');
  });
});
