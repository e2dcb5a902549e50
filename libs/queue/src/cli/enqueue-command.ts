import type { JobContract } from '../contract/job-contract';
import { startTimer } from '../timing/timer';
import type { JobProducer, JobReference } from '../producer/job-producer';
import type { JobSnapshot } from '../queues/job-snapshot';
import type { JobsReader } from '../reader/jobs-reader';
import { describeAdded, describeOutcome, describeWait } from './describe-outcome';
import { enqueueRequest, type EnqueueOptions, type EnqueueRequest } from './enqueue-request';
import { type CommandInput, type InputOf, runCommand } from './run-command';

/** Jobs added per round trip. */
const BATCH = 1_000;

/** In milliseconds: after this time the command prints what it waits for. */
const PATIENCE = 3_000;

/** Adds jobs of one contract, and waits for them if asked to. */
export function runEnqueue(job: JobContract, input?: InputOf<EnqueueOptions>): Promise<void> {
  return runCommand<EnqueueOptions, EnqueueRequest>([job], input, {
    name: 'enqueue',
    read: enqueueRequest,
    act: async (services, request, input) => {
      const added = await addJobs(services.producer(job), request);
      console.log(describeAdded(job.name, added));
      if (request.wait) await waitFor(services.jobs, added, request.delay, input);
    },
  });
}

/** The contract is not known statically: `add` validates the data. */
type Producer = JobProducer<JobContract>;

async function addJobs(
  producer: Producer,
  { data, children, count, delay }: EnqueueRequest,
): Promise<JobReference[]> {
  const options = { delay };
  // The names and the data of children are checked by `add`, too.
  const below = children as never;
  // A single job uses `add`, because errors of `addBulk` prefix fields with the job's index.
  if (count === 1) return [await producer.add(data, { ...options, children: below })];
  const added: JobReference[] = [];
  while (added.length < count) {
    const length = Math.min(BATCH, count - added.length);
    const jobs = Array.from({ length }, () => ({ data, options, children: below }));
    added.push(...(await producer.addBulk(jobs)));
  }
  return added;
}

async function waitFor(
  reader: JobsReader,
  added: readonly JobReference[],
  delay: number,
  { startWorker, servedElsewhere }: CommandInput<EnqueueOptions>,
): Promise<void> {
  let latest: JobSnapshot | undefined;
  const hint = startTimer(PATIENCE + delay, () => {
    console.log(describeWait(latest, startWorker, servedElsewhere));
  });
  const ended = await Promise.all(
    added.map(async ({ queue, id }) => {
      let last: JobSnapshot | undefined;
      for await (const snapshot of reader.watch(queue, id)) latest = last = snapshot;
      return last;
    }),
  );
  clearTimeout(hint);
  const { text, success } = describeOutcome(ended, process.stdout.columns || undefined);
  if (success) console.log(text);
  else console.error(text);
  if (!success) process.exitCode = 1;
}
