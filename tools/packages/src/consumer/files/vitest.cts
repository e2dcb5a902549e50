// What a team writes that tests with Vitest, as an ES module: a processor into which Nest injects by its constructor's types.
import 'reflect-metadata';
import { Injectable } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { defineJob } from 'nest-job-queue';
import { type JobContext, JobHost, JobProcessor } from 'nest-job-queue/consumer';
import { queueMatchers, QueueModule } from 'nest-job-queue/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';

expect.extend(queueMatchers);

const greetingJob = defineJob({
  name: 'greeting',
  data: z.object({ name: z.string() }),
  result: z.object({ text: z.string() }),
});

@Injectable()
class Greeter {
  private calls = 0;

  greet(name: string): string {
    this.calls += 1;
    if (this.calls === 1) throw new Error('try later');
    return `Hello ${name}`;
  }
}

@JobProcessor(greetingJob, { providers: [Greeter] })
class GreetingProcessor extends JobHost<typeof greetingJob> {
  constructor(private readonly greeter: Greeter) {
    super();
  }

  handle({ data }: JobContext<typeof greetingJob>) {
    return Promise.resolve({ text: this.greeter.greet(data.name) });
  }
}

const jobs = QueueModule.forTesting({ processors: [GreetingProcessor] });
let module: TestingModule;

beforeAll(async () => {
  module = await Test.createTestingModule({ imports: [jobs] }).compile();
  await module.init();
});
afterAll(() => module.close());

test('greets again after an error, without a store', async () => {
  await jobs.add(greetingJob, { name: 'Ada' });
  expect(jobs.added(greetingJob)).toHaveEnqueued({ name: 'Ada' });
  expect(await jobs.drain()).toMatchObject({ completed: 1, retries: 1 });
  expect(jobs.ended(greetingJob)).toMatchObject([{ result: { text: 'Hello Ada' } }]);
});

test('fails for a job that was not added', () => {
  expect(() => {
    expect(jobs.added(greetingJob)).toHaveEnqueued({ name: 'Bob' });
  }).toThrow('of which 0 match');
});
