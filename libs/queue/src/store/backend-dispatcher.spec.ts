import { z } from 'zod';

import { JobHost, JobProcessor } from '../consumer';
import { defineJob } from '../contract/define-job';
import { startProcessor } from '../testing';
import { QueueStore } from './queue-store';
import { createQueueDatabase } from './testing/queue-database';

const nameJob = defineJob({
  name: 'name',
  data: z.object({}),
  result: z.object({ processor: z.string() }),
});

@JobProcessor(nameJob)
class LeftProcessor extends JobHost<typeof nameJob> {
  handle() {
    return { processor: 'left' };
  }
}

@JobProcessor(nameJob)
class RightProcessor extends JobHost<typeof nameJob> {
  handle() {
    return { processor: 'right' };
  }
}

describe('several applications in one process', () => {
  it('keep to their own store, also when one of them has stopped', async () => {
    const databases = await Promise.all([createQueueDatabase(), createQueueDatabase()]);
    const [left, right] = databases;
    const lefts = await startProcessor(LeftProcessor, { url: left.url });
    const rights = await startProcessor(RightProcessor, { url: right.url });
    expect(lefts.app.get(QueueStore)).not.toBe(rights.app.get(QueueStore));

    const results = await Promise.all([lefts.run({}), rights.run({}), lefts.run({})]);
    expect(results.map(({ result }) => result)).toEqual([
      { processor: 'left' },
      { processor: 'right' },
      { processor: 'left' },
    ]);
    await lefts.close();
    expect((await rights.run({})).result).toEqual({ processor: 'right' });
    await rights.close();
    await Promise.all(databases.map((database) => database.drop()));
  });
});
