import type { INestApplicationContext } from '@nestjs/common';
import type { JobContract } from '../contract/job-contract';
import { getJobProducerToken } from '../producer/inject-job.decorator';
import type { JobProducer, JobReference } from '../producer/job-producer';
import type { JobSnapshot } from '../queues/job-snapshot';
import { JobsReader } from '../reader/jobs-reader';
import { describeAdded, describeOutcome, describeWait } from './describe-outcome';
import { enqueueRequest, type EnqueueOptions, type EnqueueRequest } from './enqueue-request';
import { runCommand } from './run-command';

/** How many jobs go to the store in one round trip. */
const BATCH = 1_000;

/** After this time without an answer, the person is told what the command waits for; in milliseconds. */
const PATIENCE = 3_000;

/** Adds jobs of one contract, and waits for them if asked to. */
export function runEnqueue(job: JobContract): Promise<void> {
  return runCommand<EnqueueOptions, EnqueueRequest>([job], {
    name: 'enqueue',
    read: enqueueRequest,
    act: async (app, request, { startWorker }) => {
      const producer = app.get<Producer>(getJobProducerToken(job), { strict: false });
      const added = await addJobs(producer, request);
      console.log(describeAdded(job.name, added));
      if (request.wait) await waitFor(app, added, request.delay, startWorker);
    },
  });
}

/** Of a contract that is not known here: the data is checked when it is added. */
type Producer = JobProducer<JobContract>;

async function addJobs(
  producer: Producer,
  { data, count, delay }: EnqueueRequest,
): Promise<JobReference[]> {
  const options = { delay };
  // One by itself, because the errors of a bulk name the fields of each job by its place in it.
  if (count === 1) return [await producer.add(data, options)];
  const added: JobReference[] = [];
  while (added.length < count) {
    const length = Math.min(BATCH, count - added.length);
    added.push(...(await producer.addBulk(Array.from({ length }, () => ({ data, options })))));
  }
  return added;
}

async function waitFor(
  app: INestApplicationContext,
  added: readonly JobReference[],
  delay: number,
  startWorker: string,
): Promise<void> {
  const reader = app.get(JobsReader, { strict: false });
  let latest: JobSnapshot | undefined;
  const hint = setTimeout(() => {
    console.log(describeWait(latest, startWorker));
  }, PATIENCE + delay);
  const ended = await Promise.all(
    added.map(async ({ queue, id }) => {
      let last: JobSnapshot | undefined;
      for await (const snapshot of reader.watch(queue, id)) latest = last = snapshot;
      return last;
    }),
  );
  clearTimeout(hint);
  const { text, success } = describeOutcome(ended);
  if (success) console.log(text);
  else console.error(text);
  if (!success) process.exitCode = 1;
}
