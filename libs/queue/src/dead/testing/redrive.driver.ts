import 'reflect-metadata';
import { Queues } from '../../module/queues';
import { acceptQueueStores } from '../../store/backend-dispatcher';
import { openQueueStore } from '../../store/open-queue-store';
import { QueueErrorLog } from '../../store/queue-error-log';
import { DeadJobs } from '../dead-jobs';
import { deadRow } from './redrive.contract';

/* A process that redrives all of a queue in the store that it is told, to be killed meanwhile. */

const [url = ''] = process.argv.slice(2);
acceptQueueStores();
const queues = new Queues(openQueueStore({ url, applicationName: 'redrive' }), new QueueErrorLog());
queues.open(deadRow);
void new DeadJobs(queues).redriveAll(deadRow.name);
