import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import pg from 'pg';
import * as z from 'zod';
import { HealthModule, Readiness } from '@libs/health';
import { until } from '@libs/testing';
import { JobHost, JobProcessor } from '../consumer';
import { defineJob } from '../contract/define-job';
import {
  createTestStore,
  describeOnEachStore,
  type StoreKind,
  type TestStore,
} from '../store/testing/each-store';
import { type QueueHarness, startProcessor } from '../testing/queue-harness';

const pingJob = defineJob({ name: 'ping', data: z.object({}) });

@JobProcessor(pingJob)
class PingProcessor extends JobHost<typeof pingJob> {
  handle() {}
}

interface Fault {
  readonly name: string;
  readonly cause: string;
  readonly mend: string;
  /** Part of the store's own words. */
  readonly words: string;
}

/** Statements of SQL, or commands of Redis. The store answers every other question as before. */
const FAULTS: Record<StoreKind, readonly Fault[]> = {
  postgres: [
    {
      name: 'functions are missing',
      cause:
        'ALTER FUNCTION bullmq.move_to_active RENAME TO gone; ALTER FUNCTION bullmq.grouped_run RENAME TO away',
      mend: 'ALTER FUNCTION bullmq.gone RENAME TO move_to_active; ALTER FUNCTION bullmq.away RENAME TO grouped_run',
      words: 'function move_to_active(',
    },
    {
      name: 'a table is missing',
      cause: 'ALTER TABLE bullmq.rate_limit RENAME TO gone; ALTER TABLE bullmq.meta RENAME TO away',
      mend: 'ALTER TABLE bullmq.gone RENAME TO rate_limit; ALTER TABLE bullmq.away RENAME TO meta',
      words: 'relation "meta" does not exist',
    },
    {
      name: 'what is stored for the queue cannot be read',
      cause: "INSERT INTO bullmq.meta (queue, field, value) VALUES ('ping', 'concurrency', '2.5')",
      mend: "DELETE FROM bullmq.meta WHERE field = 'concurrency'",
      words: 'invalid input syntax for type integer: "2.5"',
    },
  ],
  redis: [
    {
      name: 'a key has another type',
      cause: 'SET bull:ping:active text',
      mend: 'DEL bull:ping:active',
      words: 'WRONGTYPE',
    },
    {
      name: 'what a worker waits for has another type',
      cause: 'SET bull:ping:marker text',
      mend: 'DEL bull:ping:marker',
      words: 'WRONGTYPE',
    },
  ],
};

describeOnEachStore('a worker that takes no job because the store refuses', (kind) => {
  let store: TestStore;
  let harness: QueueHarness<typeof pingJob>;
  let readiness: Readiness;
  let lines: string[];

  beforeEach(async () => {
    lines = [];
    const remember = (line: string) => void lines.push(line);
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(remember);
    jest.spyOn(Logger.prototype, 'log').mockImplementation(remember);
    store = await createTestStore(kind);
    harness = await startProcessor(PingProcessor, { url: store.url, imports: [HealthModule] });
    readiness = harness.app.get(Readiness);
    readiness.markReady();
    await harness.run({});
  });

  afterEach(async () => {
    await harness.close();
    await store.drop();
    jest.restoreAllMocks();
  });

  async function run(commands: string): Promise<void> {
    if (kind === 'redis') {
      const client = new Redis(store.url);
      const [command = '', ...args] = commands.split(' ');
      await client.call(command, ...args);
      client.disconnect();
      return;
    }
    const client = new pg.Client({ connectionString: store.url });
    await client.connect();
    await client.query(commands);
    await client.end();
  }

  it.each(FAULTS[kind])(
    'is not ready when $name, says which queue and why, and is ready again once it fetches',
    async ({ cause, mend, words }) => {
      expect(await readiness.report()).toMatchObject({ ready: true, checks: { workers: 'up' } });

      await run(cause);
      // Wakes the worker, where the store still takes jobs.
      await harness.producer.add({}).catch(() => undefined);
      await until(async () => !(await readiness.report()).ready, { timeout: 30_000 });
      expect(await readiness.report()).toMatchObject({ checks: { queue: 'up', workers: 'down' } });
      const line = lines.find((text) => text.startsWith('The check "workers" fails'));
      expect(line).toContain('The worker of "ping" has taken no job since ');
      expect(line).toContain(words);

      await run(mend);
      await until(async () => (await readiness.report()).ready, { timeout: 30_000 });
      expect(lines).toContain('The check "workers" passes again.');
      await expect(harness.run({})).resolves.toMatchObject({ state: 'completed' });
    },
  );
});
