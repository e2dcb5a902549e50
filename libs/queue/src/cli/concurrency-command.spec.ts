import * as z from 'zod';
import { defineJob } from '../contract/define-job';
import { concurrencyRequest } from './concurrency-command';

const jobs = [defineJob({ name: 'email', data: z.object({}) })];

it('a limit is a whole number, or none', () => {
  const request = (global?: string | number) => concurrencyRequest(jobs, { job: 'email', global });
  expect(request('5').change).toEqual({ concurrency: 5 });
  expect(request(5).change).toEqual({ concurrency: 5 });
  expect(request('none').change).toEqual({ concurrency: undefined });
  expect(request().change).toBeUndefined();
  for (const global of ['2.5', 0, -1, 'five', '', 1e300]) {
    expect(() => request(global)).toThrow('--global must be a whole number of at least 1, or none');
  }
  expect(() => concurrencyRequest(jobs, { global: 5 })).toThrow(
    'Pass --job=<name>, one of: email.',
  );
});
