import { describeAdded, describeOutcome, describeWait, type Snapshot } from './describe-outcome';

const at = new Date('2026-01-02T03:04:05Z');
const completed: Snapshot = {
  state: 'completed',
  enqueuedAt: at,
  finishedAt: new Date(at.getTime() + 1_500),
  attempts: { made: 1 },
  result: { pages: 3 },
  failure: undefined,
};
const failed = { ...completed, state: 'failed', attempts: { made: 3 }, failure: 'no paper' };
/** The last that was seen of a job that was removed while it waited. */
const removed = { ...completed, state: 'waiting', finishedAt: undefined };

describe('what is said of jobs that were added', () => {
  it('tells one that was there already from one that is new', () => {
    expect(describeAdded('email', [{ queue: 'email', id: '7' }])).toBe(
      'Added job 7 to the queue "email".',
    );
    expect(describeAdded('email', [{ queue: 'email', id: '7', deduplicated: true }])).toBe(
      'Nothing was added: job 7 of the queue "email" is the same, by the contract\'s dedupe.',
    );
  });

  it('counts those that are new, and those that are not', () => {
    const first = { queue: 'email', id: '7' };
    expect(describeAdded('email', [first, { ...first, id: '8' }])).toBe(
      'Added 2 jobs to the queue "email".',
    );
    expect(describeAdded('email', [first, { ...first, deduplicated: true }])).toBe(
      'Added 1 of 2 jobs to the queue "email": the others are the same, by the contract\'s dedupe.',
    );
  });
});

describe('what is said to who waits', () => {
  it.each([
    [
      { ...removed, attempts: { made: 0 } },
      'Still waiting. Does the worker run? npx nx serve worker',
    ],
    [undefined, 'Still waiting. Does the worker run? npx nx serve worker'],
    [{ ...removed, state: 'active' }, 'Still waiting: the job runs.'],
    [{ ...removed, state: 'delayed', attempts: { made: 0 } }, 'Still waiting: the job is delayed.'],
    [
      { ...removed, state: 'delayed', attempts: { made: 2 } },
      'Still waiting: attempt 2 has failed, and the job is tried again later.',
    ],
  ])('is what the job does', (last, text) => {
    expect(describeWait(last, 'worker')).toBe(text);
  });
});

describe('what is said of the end of jobs', () => {
  it.each<[Snapshot | undefined, string, boolean]>([
    [completed, 'The job completed after 1500 ms with {"pages":3}', true],
    [failed, 'The job failed at attempt 3: no paper', false],
    [removed, 'The job was removed, before it ended', false],
    [undefined, 'The job was removed, before it ended', false],
  ])('is how one ended', (snapshot, text, success) => {
    expect(describeOutcome([snapshot])).toEqual({
      text: expect.stringContaining(text) as string,
      success,
    });
  });

  it('is how many completed, failed and were removed', () => {
    expect(describeOutcome([completed, completed])).toEqual({
      text: '2 completed, 0 failed.',
      success: true,
    });
    expect(describeOutcome([completed, failed, removed, undefined])).toEqual({
      text: '1 completed, 1 failed. 2 removed, before or when they ended.',
      success: false,
    });
  });
});
