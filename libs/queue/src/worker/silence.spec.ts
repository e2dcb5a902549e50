import { Logger } from '@nestjs/common';
import { createPostgresBackend, withBackend } from 'bullmq';
import pg from 'pg';
import * as z from 'zod';
import { until } from '@libs/testing';
import { defineJob } from '../contract/define-job';
import { JobHost } from '../processor/job-host';
import { JobProcessor } from '../processor/job-processor.decorator';
import { createTestStore, type TestStore } from '../store/testing/each-store';
import { startProcessor, type QueueHarness } from '../testing/queue-harness';

const bellJob = defineJob({ name: 'bell', data: z.object({}) });

/** When the jobs were started, in milliseconds since 1970. */
const starts: number[] = [];

@JobProcessor(bellJob)
class BellProcessor extends JobHost<typeof bellJob> {
  handle() {
    starts.push(Date.now());
  }
}

/** A job that nothing has notified of. */
const BY_HAND = `INSERT INTO bullmq.job (queue, id, seq, name, state, added_at_ms)
  VALUES ('bell', 'by-hand', nextval('bullmq.job_seq'), 'bell', 'waiting', 1)`;

const NOTED = `SELECT FROM bullmq.meta WHERE queue = 'bell' AND field LIKE 'worker:%'`;

/** Whether it is the statement that looks at all queues. */
const isLook = (text: string) => text.includes('first_completed');

describe('a worker on Postgres that has no job', () => {
  let store: TestStore;
  let harness: QueueHarness<typeof bellJob>;
  let admin: pg.Client;
  let sent: string[];

  beforeEach(async () => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    store = await createTestStore('postgres');
    admin = new pg.Client({ connectionString: store.url });
    await admin.connect();
    harness = await startProcessor(BellProcessor, { url: store.url });
    starts.length = 0;
    await harness.producer.add({});
    await until(() => starts.length === 1);
    // The last that a worker writes at its start: that it is there.
    await until(async () => (await admin.query(NOTED)).rows.length > 0);
    sent = record();
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await harness.close();
    await admin.end();
    await store.drop();
  });

  /** What this process sends: statements, and `ping`. */
  function record(): string[] {
    const texts: string[] = [];
    const query = jest.spyOn(pg.Client.prototype, 'query') as unknown as jest.SpyInstance;
    const original = query.getMockImplementation();
    query.mockImplementation(function (this: pg.Client, statement: unknown, ...rest: unknown[]) {
      if (this !== admin) texts.push(typeof statement === 'string' ? statement : 'ping');
      return original?.call(this, statement, ...rest) as unknown;
    });
    return texts;
  }

  it('asks nothing but whether its connection lives, and looks at its queues now and then', async () => {
    await until(() => sent.some(isLook));
    sent.length = 0;
    // BullMQ's own worker would have asked again meanwhile.
    await until(() => sent.filter((text) => text === 'ping').length >= 2);
    const statements = sent.filter((text) => text !== 'ping' && !text.startsWith('SET '));
    expect(statements.filter((text) => !isLook(text))).toEqual([]);
    expect(statements.length).toBeLessThanOrEqual(1);
  });

  it('starts a job of a plain producer of BullMQ at once, and a delayed one when it is due', async () => {
    const PlainQueue = withBackend(createPostgresBackend).Queue;
    const queue = new PlainQueue('bell', { connection: store.url });
    await queue.add('bell', {});
    await until(() => starts.length === 2);
    const { timestamp } = await queue.add('bell', {}, { delay: 700 });
    await until(() => starts.length === 3);
    expect(starts[2]).toBeGreaterThanOrEqual(timestamp + 700);
    await queue.close();
  });

  it('finds a job whose notification was lost with the connection that listens', async () => {
    await admin.query('BEGIN');
    await admin.query(BY_HAND);
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'test bell' AND query LIKE '%first_completed%'`,
    );
    await admin.query('COMMIT');
    await until(() => starts.length === 2);
  });
});
