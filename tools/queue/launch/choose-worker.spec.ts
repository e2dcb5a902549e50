import type { CommandPlan } from '../command/command-plan';
import { chooseWorker } from './choose-worker';

const worker = (name: string, ...contracts: string[]) => ({
  name,
  root: `apps/${name}`,
  contracts,
  environmentCommands: {},
});

const plan: CommandPlan = {
  exec: 'npx',
  commands: [],
  ofBuilds: [],
  projects: ['worker', 'media'],
  environmentModules: {},
  workers: [worker('worker', 'email#emailJob'), worker('media', 'thumbnail#thumbnailJob')],
  jobs: {
    email: 'email#emailJob',
    thumbnail: 'thumbnail#thumbnailJob',
    invoice: 'invoice#invoiceJob',
  },
};

const chosen = (command: string, job?: string, name?: string) => {
  const { worker: found, contracts } = chooseWorker(plan, command, job, name);
  return [found.name, ...contracts];
};

describe('a command of a workspace with several workers', () => {
  it.each(['drain', 'dead', 'cancel', 'queues', 'enqueue'])(
    '%s finds the worker by the job, without --worker',
    (command) => {
      expect(chosen(command, 'thumbnail')).toEqual(['media', 'thumbnail#thumbnailJob']);
    },
  );

  it('has the queue of a job that another workspace processes', () => {
    expect(chosen('drain', 'invoice')).toEqual(['worker', 'email#emailJob', 'invoice#invoiceJob']);
  });

  it('takes the worker that is named, and asks for one where there is no job', () => {
    expect(chosen('queues', undefined, 'media')).toEqual(['media', 'thumbnail#thumbnailJob']);
    expect(() => chosen('queues')).toThrow('Add one of: --worker=worker, --worker=media');
  });

  it('names the job that may have been meant', () => {
    expect(() => chosen('drain', 'thumbnial')).toThrow(
      'There is no job "thumbnial". Did you mean "thumbnail"?',
    );
  });
});
