import { getProjects } from '@nx/devkit';
import { queueTree, writeContract } from '../testing/queue-tree';
import { readQueueWorkspace } from './index';
import type { QueueWorkspace } from './index';
import { findContract } from './known-contract';

function workspaceWith(...jobs: string[]): QueueWorkspace {
  const tree = queueTree();
  for (const job of jobs) writeContract(tree, job);
  return readQueueWorkspace(tree, Object.fromEntries(getProjects(tree)));
}

describe('the job to enqueue', () => {
  it('is found by its name', () => {
    expect(findContract(workspaceWith('email', 'sms'), 'sms')).toMatchObject({
      constant: 'smsJob',
      file: 'packages/agreements/source/sms.job.ts',
    });
  });

  it('that does not exist is refused with the one that was probably meant, and all that do', () => {
    expect(() => findContract(workspaceWith('sms', 'email'), 'emial')).toThrow(
      'There is no job "emial". Did you mean "email"? This workspace has: email, sms.',
    );
  });

  it('that is the first one is refused with the command that adds it', () => {
    expect(() => findContract(workspaceWith(), 'email')).toThrow(
      'Add one: npx nx g @tools/queue:processor email',
    );
  });
});
