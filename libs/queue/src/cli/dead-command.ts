import type { JobContract } from '../contract/job-contract';
import type { DeadJobs } from '../dead/dead-jobs';
import { JobNotDeadError } from '../dead/dead-jobs.errors';
import { CommandError } from './command.error';
import { formatJob, formatPage } from './dead-output';
import { deadRequest, type DeadOptions, type DeadRequest } from './dead-request';
import { type InputOf, runCommand } from './run-command';

/** Lists, shows, redrives or removes dead jobs of these contracts. */
export function runDead(jobs: readonly JobContract[], input?: InputOf<DeadOptions>): Promise<void> {
  return runCommand<DeadOptions, DeadRequest>(jobs, input, {
    name: 'dead jobs',
    read: deadRequest,
    act: ({ dead }, request, { command }) => act(dead, request, command),
  });
}

async function act(dead: DeadJobs, request: DeadRequest, command: string): Promise<void> {
  const { action, job, limit, cursor, cancelled, json } = request;
  if (action === 'list') {
    const page = await dead.list({ queue: job, limit, cursor, cancelled });
    const columns = process.stdout.columns || undefined;
    console.log(
      json ? JSON.stringify(page, undefined, 2) : formatPage(page, command, cancelled, columns),
    );
  } else if (action === 'redrive-all') {
    await redriveAll(dead, request, command);
  } else {
    await actOnOne(dead, await findQueue(dead, request), request);
  }
}

async function actOnOne(
  dead: DeadJobs,
  queue: string,
  { action, id = '', force, json }: DeadRequest,
): Promise<void> {
  if (action === 'show') {
    const job = await dead.get(queue, id);
    const log = await dead.log(queue, id);
    console.log(json ? JSON.stringify({ ...job, log }, undefined, 2) : formatJob(job, log));
    return;
  }
  if (action === 'redrive') await dead.redrive(queue, id, { force });
  else await dead.remove(queue, id);
  const done = action === 'redrive' ? 'redriven' : 'removed';
  console.log(json ? JSON.stringify({ queue, id, done }) : `The ${queue} job ${id} was ${done}.`);
}

async function redriveAll(
  dead: DeadJobs,
  { job = '', force, json }: DeadRequest,
  command: string,
): Promise<void> {
  const report = await dead.redriveAll(job, { force });
  if (json) {
    console.log(JSON.stringify(report, undefined, 2));
  } else {
    const jobs = report.redriven === 1 ? 'job was' : 'jobs were';
    console.log(`${report.redriven} ${job} ${jobs} redriven.`);
    for (const { reason } of report.refused) console.error(reason);
    if (report.refused.length > 0) {
      console.error(`${report.refused.length} are still dead: ${command} --job=${job}`);
    }
  }
  if (report.refused.length > 0) process.exitCode = 1;
}

/** Finds the queue of a dead job. Ids are unique per queue only, so several queues may match. */
async function findQueue(dead: DeadJobs, { job, id = '' }: DeadRequest): Promise<string> {
  if (job !== undefined) return job;
  const queues = dead.known();
  const found = await Promise.all(queues.map((queue) => isDead(dead, queue, id)));
  const [first, ...others] = queues.filter((_, index) => found[index]);
  if (first === undefined) {
    throw new CommandError(`There is no dead job "${id}" in ${queues.join(', ')}.`);
  }
  if (others.length > 0) {
    const choice = [first, ...others].map((queue) => `--job=${queue}`).join(', ');
    throw new CommandError(`Several queues have a dead job "${id}". Add one of: ${choice}.`);
  }
  return first;
}

async function isDead(dead: DeadJobs, queue: string, id: string): Promise<boolean> {
  try {
    await dead.get(queue, id);
    return true;
  } catch (error) {
    if (error instanceof JobNotDeadError) return false;
    throw error;
  }
}
