import { stripVTControlCharacters } from 'node:util';
import { Test, type TestingModule } from '@nestjs/testing';
import { z } from 'zod';
import { defineJob } from '../contract/define-job';
import { QueueModule, type TestJobs } from '../testing';

const emailJob = defineJob({
  name: 'email',
  data: z.object({
    to: z.string(),
    subject: z.string().default('Hello'),
    tags: z.string().array(),
  }),
});
const smsJob = defineJob({ name: 'sms', data: z.object({ to: z.string() }) });

describe('toHaveEnqueued', () => {
  let jobs: TestJobs;
  let module: TestingModule;

  beforeAll(async () => {
    jobs = QueueModule.forTesting();
    module = await Test.createTestingModule({ imports: [jobs] }).compile();
    await module.init();
  });

  afterAll(() => module.close());

  beforeEach(() => {
    jobs.clear();
  });

  const emails = () => jobs.added(emailJob);
  const add = (to: string) => jobs.add(emailJob, { to, tags: ['new'] });

  /** What a person reads when an assertion fails. */
  function messageOf(assertion: () => void): string {
    try {
      assertion();
    } catch (error) {
      return stripVTControlCharacters((error as Error).message);
    }
    throw new Error('It did not fail.');
  }

  it('holds for a part of the data, as it was given or with defaults, and with asymmetric matchers', async () => {
    await add('ada');
    expect(emails()).toHaveEnqueued();
    expect(emails()).toHaveEnqueued({ to: 'ada' });
    expect(emails()).toHaveEnqueued({ subject: 'Hello' });
    expect(emails()).toHaveEnqueued({ to: expect.stringMatching(/^a/) as string });
    expect(emails()).toHaveEnqueued({ tags: ['new'] });
    expect(emails()).not.toHaveEnqueued({ tags: [] });
    expect(emails()).not.toHaveEnqueued({ to: 'bob' });
    expect(jobs.producer(emailJob)).toHaveEnqueued({ to: 'ada' });
  });

  it('counts, and compares options', async () => {
    await add('ada');
    await add('ada');
    expect(emails()).toHaveEnqueued({ to: 'ada' }, { times: 2 });
    expect(emails()).not.toHaveEnqueued({ to: 'ada' }, { times: 1 });
    expect(emails()).toHaveEnqueued(undefined, { attempts: 3 });
    expect(emails()).not.toHaveEnqueued(undefined, { delay: 5 });
  });

  it('shows the difference if there is one job', async () => {
    await add('bob');
    const message = messageOf(() => {
      expect(emails()).toHaveEnqueued({ to: 'ada' });
    });
    expect(message).toContain('Expected: a job with {"to": "ada"}');
    expect(message).toContain('Enqueued: 1, of which 0 match');
    expect(message).toMatch(/\d+: {"tags": \["new"\], "to": "bob"}/);
    expect(message).toMatch(/- {3}"to": "ada"/);
    expect(message).toMatch(/\+ {3}"to": "bob"/);
  });

  it('lists what there is if there are several, and how many more', async () => {
    for (const to of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) await add(to);
    const message = messageOf(() => {
      expect(emails()).toHaveEnqueued({ to: 'z' }, { times: 2 });
    });
    expect(message).toContain('Expected: 2 jobs with {"to": "z"}');
    expect(message).toContain('Enqueued: 7, of which 0 match');
    expect(message).toContain('"to": "e"');
    expect(message).toContain('and 2 more');
  });

  it('names the queues that have jobs if the right one has none', async () => {
    await jobs.add(smsJob, { to: 'ada' });
    const message = messageOf(() => {
      expect(emails()).toHaveEnqueued({ to: 'ada' });
    });
    expect(message).toContain('Enqueued: none. In other queues: sms (1).');
  });

  it('shows what should not be there', async () => {
    await add('ada');
    const message = messageOf(() => {
      expect(emails()).not.toHaveEnqueued({ to: 'ada' });
    });
    expect(message).toContain('expect(jobs).not.toHaveEnqueued');
    expect(message).toContain('Expected not: a job with {"to": "ada"}');
  });

  it.each([[[]], [undefined], ['email']])('fails for %j, with and without not', (value) => {
    for (const assertion of [expect(value), expect(value).not]) {
      const message = messageOf(() => {
        assertion.toHaveEnqueued();
      });
      expect(message).toContain('it takes jobs.added(contract), or a producer');
    }
  });
});
