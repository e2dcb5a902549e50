import { Injectable } from '@nestjs/common';
import { JobConsumers } from '../queues/job-consumers';
import { Queues } from '../queues/queues';

/** Opens the queues of the processors of this process: a worker need not add jobs to them. */
@Injectable()
export class ShownQueues {
  constructor(queues: Queues, consumers: JobConsumers) {
    consumers.onEach(({ jobs }) => {
      for (const job of jobs) queues.open(job);
    });
  }
}
