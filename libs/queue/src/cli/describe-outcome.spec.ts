import { describeAdded, describeOutcome, describeWait, type Outlook } from './describe-outcome';

const at = new Date('2026-01-02T03:04:05Z');
const completed: Outlook = {
  state: 'completed',
  enqueuedAt: at,
  finishedAt: new Date(at.getTime() + 1_500),
  attempts: { made: 1 },
  result: { pages: 3 },
  failure: undefined,
};
const failed: Outlook = {
  ...completed,
  state: 'failed',
  attempts: { made: 3 },
  failure: 'no paper',
};
/** The last snapshot of a job that was removed while it waited. */
const removed: Outlook = { ...completed, state: 'waiting', finishedAt: undefined };

describe('the message about jobs that were added', () => {
  it('distinguishes a duplicate from a new job', () => {
    expect(describeAdded('email', [{ queue: 'email', id: '7' }])).toBe(
      'Added job 7 to the queue "email".',
    );
    expect(describeAdded('email', [{ queue: 'email', id: '7', deduplicated: true }])).toBe(
      'Nothing was added: job 7 of the queue "email" is a duplicate, by the contract\'s dedupe.',
    );
  });

  it('counts new jobs and duplicates', () => {
    const first = { queue: 'email', id: '7' };
    expect(describeAdded('email', [first, { ...first, id: '8' }])).toBe(
      'Added 2 jobs to the queue "email".',
    );
    expect(describeAdded('email', [first, { ...first, deduplicated: true }])).toBe(
      'Added 1 of 2 jobs to the queue "email": the others are duplicates, by the contract\'s dedupe.',
    );
  });
});

describe('the message to a person who waits', () => {
  it.each<[Outlook | undefined, string]>([
    [
      { ...removed, attempts: { made: 0 } },
      'Still waiting. Is the worker running? npx nx serve worker',
    ],
    [undefined, 'Still waiting. Is the worker running? npx nx serve worker'],
    [
      { ...removed, state: 'waiting-children' },
      'Still waiting: the children of the job have not ended. Does a worker run them? npx nx serve worker',
    ],
    [{ ...removed, state: 'active' }, 'Still waiting: the job is running.'],
    [{ ...removed, state: 'delayed', attempts: { made: 0 } }, 'Still waiting: the job is delayed.'],
    [
      { ...removed, state: 'delayed', attempts: { made: 2 } },
      'Still waiting: attempt 2 failed, and the job will be retried.',
    ],
  ])('says what the job is doing', (last, text) => {
    expect(describeWait(last, 'npx nx serve worker')).toBe(text);
  });
});

it('the message to a person who waits names the store of the worker that runs beside it', () => {
  const elsewhere = [{ project: 'worker', store: 'redis://localhost:6379' }];
  expect(describeWait(undefined, 'npx nx serve worker', elsewhere)).toBe(
    'Still waiting. The worker that runs here, "worker", uses another store: redis://localhost:6379. ' +
      'Set QUEUE_URL or DATABASE_URL as in its terminal, or once for all terminals in the file .env.',
  );
});

describe('the message about finished jobs', () => {
  it('shows a result below it that the terminal would break inside of a word', () => {
    expect(describeOutcome([completed], 40).text).toBe(
      'The job completed after 1500 ms with\n{\n  "pages": 3\n}',
    );
    expect(describeOutcome([completed], 80).text).not.toContain('\n');
  });

  it.each<[Outlook | undefined, string, boolean]>([
    [completed, 'The job completed after 1500 ms with {"pages":3}', true],
    [failed, 'The job failed at attempt 3: no paper', false],
    [
      { ...failed, state: 'cancelled', failure: 'Sent by hand.' },
      'The job was cancelled: Sent by hand.',
      false,
    ],
    [removed, 'The job was removed before it finished', false],
    [undefined, 'The job was removed before it finished', false],
  ])('says how one job ended', (snapshot, text, success) => {
    expect(describeOutcome([snapshot])).toEqual({
      text: expect.stringContaining(text) as string,
      success,
    });
  });

  it('counts completed, failed and removed jobs', () => {
    expect(describeOutcome([completed, completed])).toEqual({
      text: '2 completed, 0 failed.',
      success: true,
    });
    expect(describeOutcome([completed, failed, removed, undefined])).toEqual({
      text: '1 completed, 1 failed. 2 removed before or when they finished.',
      success: false,
    });
  });
});
