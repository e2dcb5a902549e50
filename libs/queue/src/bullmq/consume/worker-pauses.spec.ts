import { Logger } from '@nestjs/common';
import * as z from 'zod';
import { until } from '@libs/testing';
import { defineJob } from '../../contract/define-job';
import {
  createTestStore,
  describeOnEachStore,
  type TestStore,
} from '../../store/testing/each-store';
import { startProcessor } from '../../testing';
import type { JobContext } from '../../attempt/job-context';
import { JobHost } from '../../processor/job-host';
import { JobProcessor } from '../../processor/job-processor.decorator';

const rareJob = defineJob({ name: 'rare', data: z.object({ hold: z.boolean() }) });

/** In milliseconds: one job may start per interval. */
const DURATION = 20_000;

@JobProcessor(rareJob, { limiter: { max: 1, duration: DURATION } })
class RareProcessor extends JobHost<typeof rareJob> {
  readonly held: (() => void)[] = [];

  async handle({ data }: JobContext<typeof rareJob>) {
    if (data.hold) await new Promise<void>((resolve) => this.held.push(resolve));
  }
}

describeOnEachStore('a worker whose queue may start no more jobs for a while', (kind) => {
  let store: TestStore;
  let lines: string[];

  beforeEach(async () => {
    lines = [];
    const remember = (line: string) => void lines.push(line);
    jest.spyOn(Logger.prototype, 'debug').mockImplementation(remember);
    jest.spyOn(Logger.prototype, 'log').mockImplementation(remember);
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(remember);
    store = await createTestStore(kind);
  });

  afterEach(() => store.drop());

  it.each([
    { when: 'it waits for that', hold: false },
    { when: 'its last job still runs', hold: true },
  ])('stops at once when $when', async ({ hold }) => {
    const { app, producer } = await startProcessor(RareProcessor, { url: store.url });
    const processor = app.get(RareProcessor, { strict: false });
    const { worker } = processor;
    const pauses = jest.spyOn(worker, 'delay');
    await producer.addBulk([{ data: { hold } }, { data: { hold: false } }]);
    await until(() =>
      hold
        ? processor.held.length > 0
        : pauses.mock.calls.some(([time = 0]) => time > DURATION / 2),
    );

    const before = performance.now();
    const closing = app.close();
    for (const release of processor.held) release();
    await closing;
    expect(performance.now() - before).toBeLessThan(DURATION / 2);
    expect(lines.join('\n')).toContain('running jobs finished');
    expect(lines.join('\n')).not.toContain('did not all finish');
  });
});
