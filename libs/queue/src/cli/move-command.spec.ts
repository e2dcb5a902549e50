import { z } from 'zod';
import { defineJob } from '../contract/define-job';
import { describeMove, moveRequest } from './move-command';

const jobs = [
  defineJob({ name: 'mail', data: z.object({}) }),
  defineJob({ name: 'report', data: z.object({}) }),
];

describe('the options of move', () => {
  it('are the queue of the old name and the job of the new one', () => {
    expect(moveRequest(jobs, { from: 'email', to: 'mail', dryRun: true })).toEqual({
      from: 'email',
      to: 'mail',
      dryRun: true,
      json: false,
    });
  });

  it.each([
    [{ to: 'mail' }, 'Pass --from=<name>'],
    [{ from: 'email' }, 'Pass --to=<name>'],
    [{ from: 'email', to: 'mial' }, 'Did you mean "mail"?'],
    [{ from: 'mail', to: 'mail' }, '--from and --to are the same queue'],
    [{ from: 'report', to: 'mail' }, 'There is a job "report": a worker processes its queue.'],
  ])('are refused if they are %j', (options, sentence) => {
    expect(() => moveRequest(jobs, options)).toThrow(sentence);
  });
});

describe('the message about a move', () => {
  const names = { from: 'email', to: 'mail' };

  it('says what was moved, and what stayed and why', () => {
    const report = {
      moved: { waiting: 3, delayed: 1, failed: 0 },
      staying: [{ reason: 'child' as const, count: 12, ids: ['a', 'b'] }],
    };
    expect(describeMove({ ...names, dryRun: false }, report)).toBe(
      [
        '4 jobs of the queue "email" were moved to "mail": 3 waiting, 1 delayed.',
        '12 stayed in "email": children in flows, to which their parents refer. Let a worker of the old name run them: a, b, …',
      ].join('\n'),
    );
  });

  it('says what would be moved, and that there is nothing', () => {
    const one = { moved: { waiting: 0, delayed: 0, failed: 1 }, staying: [] };
    expect(describeMove({ ...names, dryRun: true }, one)).toBe(
      '1 job of the queue "email" would be moved to "mail": 1 dead or cancelled.\nNothing was moved.',
    );
    const none = { moved: { waiting: 0, delayed: 0, failed: 0 }, staying: [] };
    expect(describeMove({ ...names, dryRun: false }, none)).toBe(
      'The queue "email" has no job to move.',
    );
  });
});
