import type { DeadJob } from '../dead/dead-job';
import type { DeadJobsPage } from '../dead/dead-jobs';
import { table } from './table';

/** In characters: how much of an error a table row shows at most, and at least in a narrow terminal. */
const ERROR_LENGTH = { most: 80, least: 20 };

/**
 * Formats dead jobs as a table, followed by the next commands.
 *
 * @param columns the width of the terminal, if there is one
 */
export function formatPage(
  { jobs, total, cursor }: DeadJobsPage,
  command: string,
  areCancelled = false,
  columns?: number,
): string {
  const kind = areCancelled ? 'cancelled' : 'dead';
  const more = areCancelled ? ' --cancelled' : '';
  const [first] = jobs;
  if (first === undefined) return total === 0 ? `No ${kind} jobs.` : `No more ${kind} jobs.`;
  const rows = jobs.map(({ queue, id, attempts, failedAt }) => [
    queue,
    id,
    `${attempts.made} of ${attempts.max}`,
    time(failedAt),
  ]);
  const lines = table([['job', 'id', 'attempts', 'failed at'], ...rows]);
  const width = Math.max(...lines.map((line) => line.length)) + 2;
  const room = columns === undefined ? ERROR_LENGTH.most : columns - width;
  const errors = ['error', ...jobs.map(({ failure }) => shorten(failure, room))];
  const which = `--job=${first.queue} --id=${first.id}`;
  return [
    ...lines.map((line, index) => `${line.padEnd(width)}${errors[index] ?? ''}`),
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

function shorten(error: string, room: number): string {
  const length = Math.min(ERROR_LENGTH.most, Math.max(ERROR_LENGTH.least, room));
  const line = error.replaceAll(/\s+/g, ' ');
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
