import { z } from 'zod';
import { defineJob } from '../contract/define-job';
import { cancelRequest, describeCancel } from './cancel-command';

const jobs = [defineJob({ name: 'email', data: z.object({}) })];

describe('the options of cancel', () => {
  it('name one job', () => {
    expect(cancelRequest(jobs, { job: 'email', id: 7, reason: 'no' })).toEqual({
      queue: 'email',
      id: '7',
      json: false,
      reason: 'no',
      wait: undefined,
    });
  });

  it.each([
    [{ job: 'email' }, 'Pass --id=<id>'],
    [{ id: '7' }, 'Pass --job=<name>'],
    [{ job: 'emial', id: '7' }, 'Did you mean "email"?'],
    [{ job: 'email', id: '7', wait: -1 }, '--wait must be a number of milliseconds from 0'],
  ])('are refused if they are %j', (options, sentence) => {
    expect(() => cancelRequest(jobs, options)).toThrow(sentence);
  });
});

describe('the message about a cancel', () => {
  it('says which of the two has happened, if the job has ended by itself', () => {
    expect(describeCancel('email', '7', 'cancelled')).toBe('The email job 7 is cancelled.');
    expect(describeCancel('email', '7', 'completed')).toBe(
      'The email job 7 has completed: nothing was cancelled.',
    );
  });
});
