import { NotFoundException } from '@nestjs/common';
import { notificationJob } from '@libs/jobs/notification';
import { JobDataError } from '@libs/queue';
import { jobDataProblem } from '../enqueue/job-data.problem';
import { describeProblem } from './describe-problem';

describe('the problem that an error is answered with', () => {
  it('names the fields of a job that breaks its contract', () => {
    const error = JobDataError.refused(notificationJob.name, [
      { field: 'to', problem: 'Invalid email address' },
    ]);
    expect(describeProblem(error, [jobDataProblem]).problem).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: 'The request is invalid: see to.',
      errors: [{ field: 'to', message: 'Invalid email address' }],
    });
  });

  it('is the status and message of an exception of Nest', () => {
    const { problem, cause } = describeProblem(new NotFoundException('No such page.'), []);
    expect(problem).toMatchObject({ status: 404, title: 'Not Found', detail: 'No such page.' });
    expect(cause).toBeUndefined();
  });

  it.each([new TypeError('x is not a function'), 'a string', undefined])(
    'tells nothing about a defect (%s), and keeps it for the log',
    (error) => {
      const { problem, cause } = describeProblem(error, []);
      expect(problem.status).toBe(500);
      expect(problem.detail).not.toContain('function');
      expect(cause).toBe(error);
    },
  );

  it('does not take a status from an error that is the fault of the server', () => {
    const error = Object.assign(new Error('secret'), { statusCode: 502 });
    expect(describeProblem(error, []).problem).toMatchObject({ status: 500 });
  });
});
