import type { DeadJob } from '../dead/dead-job';
import type { DeadJobsPage } from '../dead/dead-jobs';
import { table } from './table';

/** In characters: how much of an error a table row shows. */
const ERROR_LENGTH = 80;

/** Formats dead jobs as a table, followed by the next commands. */
export function formatPage(
  { jobs, total, cursor }: DeadJobsPage,
  command: string,
  areCancelled = false,
): string {
  const kind = areCancelled ? 'cancelled' : 'dead';
  const more = areCancelled ? ' --cancelled' : '';
  const [first] = jobs;
  if (first === undefined) return total === 0 ? `No ${kind} jobs.` : `No more ${kind} jobs.`;
  const rows = jobs.map(({ queue, id, attempts, failedAt, failure }) => [
    queue,
    id,
    `${attempts.made} of ${attempts.max}`,
    time(failedAt),
    shorten(failure),
  ]);
  const which = `--job=${first.queue} --id=${first.id}`;
  return [
    ...table([['job', 'id', 'attempts', 'failed at', 'error'], ...rows]),
    '',
    `${total} ${kind} ${total === 1 ? 'job' : 'jobs'}, ${jobs.length} shown.`,
    `  show one      ${command} ${which}`,
    `  redrive it    ${command} ${which} --redrive`,
    ...(areCancelled ? [] : [`  redrive all   ${command} --job=${first.queue} --redrive --all`]),
    ...(cursor === undefined ? [] : [`  next page     ${command}${more} --cursor=${cursor}`]),
  ].join('\n');
}

/** Formats all details of one dead job. */
export function formatJob(job: DeadJob, log: readonly string[]): string {
  const rows = [
    ['job', job.queue],
    ['id', job.id],
    ['attempts', `${job.attempts.made} of ${job.attempts.max}`],
    ['enqueued at', time(job.enqueuedAt)],
    ['failed at', time(job.failedAt)],
    ['error', job.failure],
  ];
  const history = job.history.flatMap(({ attempt, at, stack }) => [
    '',
    `attempt ${attempt}${at === undefined ? '' : `, failed at ${time(at)}`}`,
    indent(stack),
  ]);
  return [
    ...table(rows),
    '',
    'data',
    indent(JSON.stringify(job.data, undefined, 2)),
    ...history,
    ...(log.length === 0 ? [] : ['', 'log', ...log.map(indent)]),
  ].join('\n');
}

function time(date: Date): string {
  return date.toISOString();
}

function shorten(error: string): string {
  const line = error.replaceAll(/\s+/g, ' ');
  return line.length > ERROR_LENGTH ? `${line.slice(0, ERROR_LENGTH - 1)}…` : line;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
