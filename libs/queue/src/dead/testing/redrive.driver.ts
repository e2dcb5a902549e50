import 'reflect-metadata';
import { Job } from 'bullmq';
import { Queues } from '../../queues/queues';
import { acceptQueueStores } from '../../store/backend-dispatcher';
import { openQueueStore } from '../../store/open-queue-store';
import { defaultObserver } from '../../observe/observers';
import { QueueErrors } from '../../store/queue-errors';
import { DeadJobs } from '../dead-jobs';
import { deadRow } from './redrive.contract';

/*
 * A process that redrives all dead jobs of a queue, and is killed while redriving the nth job. Arguments:
 * the store's URL, n.
 */

const [url = '', last = ''] = process.argv.slice(2);

let redriven = 0;
const retry = Object.getOwnPropertyDescriptor(Job.prototype, 'retry')?.value as Job['retry'];
Job.prototype.retry = function (this: Job, ...options) {
  redriven += 1;
  if (redriven === Number(last)) process.kill(process.pid, 'SIGKILL');
  return retry.apply(this, options);
};

acceptQueueStores();
void openQueueStore({ url, applicationName: 'redrive' }).then((store) => {
  const queues = new Queues(store, new QueueErrors(defaultObserver()), {});
  queues.open(deadRow);
  return new DeadJobs(queues, store).redriveAll(deadRow.name);
});
