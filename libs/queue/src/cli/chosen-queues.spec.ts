import * as z from 'zod';
import { defineJob } from '../contract/define-job';
import { chosenQueues, queuesOrAll } from './chosen-queues';

const jobs = ['report', 'email'].map((name) => defineJob({ name, data: z.object({}) }));

it('a command that only reads is about all queues, or about one', () => {
  expect(queuesOrAll(jobs, {})).toEqual(['email', 'report']);
  expect(queuesOrAll(jobs, { job: 'report' })).toEqual(['report']);
});

it('a command that changes queues is told which ones', () => {
  expect(chosenQueues(jobs, { job: 'email' })).toEqual(['email']);
  expect(chosenQueues(jobs, { all: true })).toEqual(['email', 'report']);
  expect(() => chosenQueues(jobs, {})).toThrow(
    'Pass --job=<name>, or --all for every job: email, report.',
  );
  expect(() => chosenQueues(jobs, { job: 'email', all: true })).toThrow('not both');
});

it('a mistyped name is answered with the name that was meant', () => {
  expect(() => chosenQueues(jobs, { job: 'emial' })).toThrow(
    'There is no queue "emial". Did you mean "email"? There are: email, report.',
  );
});
