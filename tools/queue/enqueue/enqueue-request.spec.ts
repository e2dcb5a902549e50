import { getProjects } from '@nx/devkit';
import { queueTree, writeContract } from '../testing/queue-tree';
import { readQueueWorkspace } from '../workspace/index';
import type { QueueWorkspace } from '../workspace/index';
import { enqueueRequest, findContract } from './enqueue-request';

function workspaceWith(...jobs: string[]): QueueWorkspace {
  const tree = queueTree();
  for (const job of jobs) writeContract(tree, job);
  return readQueueWorkspace(tree, Object.fromEntries(getProjects(tree)));
}

const env = { DATABASE_URL: 'postgres://data' };

describe('the job to enqueue', () => {
  it('is found by its name', () => {
    expect(findContract(workspaceWith('email', 'sms'), 'sms')).toMatchObject({
      constant: 'smsJob',
      file: 'packages/agreements/source/sms.job.ts',
    });
  });

  it('that does not exist is refused with those that do', () => {
    expect(() => findContract(workspaceWith('sms', 'email'), 'emial')).toThrow(
      'There is no job "emial". This workspace has: email, sms.',
    );
  });

  it('that is the first one is refused with the command that adds it', () => {
    expect(() => findContract(workspaceWith(), 'email')).toThrow(
      'Add one: npx nx g @tools/queue:processor email',
    );
  });
});

describe('what is enqueued', () => {
  it('is one job that may run at once, unless the options say something else', () => {
    expect(enqueueRequest({ job: 'email' }, 'worker', env)).toEqual({
      url: 'postgres://data',
      project: 'worker',
      data: {},
      count: 1,
      delay: 0,
      wait: false,
    });
    expect(
      enqueueRequest(
        { job: 'email', data: '{"to":"a@b.c"}', count: 3, delay: 500, wait: true },
        'worker',
        env,
      ),
    ).toMatchObject({ data: { to: 'a@b.c' }, count: 3, delay: 500, wait: true });
  });

  it('goes to the store of QUEUE_URL, or else of DATABASE_URL', () => {
    const urlIn = (variables: NodeJS.ProcessEnv): string =>
      enqueueRequest({ job: 'email' }, 'worker', variables).url;

    expect(urlIn({ ...env, QUEUE_URL: 'postgres://queues' })).toBe('postgres://queues');
    expect(urlIn({ ...env, QUEUE_URL: '' })).toBe('postgres://data');
    expect(() => urlIn({})).toThrow('Set DATABASE_URL (or QUEUE_URL)');
  });

  it.each([
    [{ data: '{to:1}' }, 'in single quotes'],
    [{ data: '' }, '--data is not JSON'],
    [{ count: 0 }, '--count must be a whole number of at least 1'],
    [{ count: 1.5 }, '--count must be a whole number of at least 1'],
    [{ delay: -1 }, '--delay must be a whole number of milliseconds'],
  ])('is refused for the options %j', (options, sentence) => {
    expect(() => enqueueRequest({ job: 'email', ...options }, 'worker', env)).toThrow(sentence);
  });
});
