import type { QueueStatus } from '../admin/queue-status';
import { table } from './table';

const COLUMNS = [
  'job',
  'waiting',
  'due',
  'delayed',
  'running',
  'failed',
  'oldest',
  'last minute',
  'limit',
  'paused',
];

/** The columns without numbers. */
const LEFT = ['job', 'paused'];

/** Left out if no queue has them: with all columns, a table of usual names is wider than a terminal. */
const OPTIONAL = ['limit', 'paused'];

/** Formats queues as a table. */
export function formatQueues(queues: readonly QueueStatus[], now = Date.now()): string {
  const rows = queues.map((status) => [
    status.queue,
    ...[status.waiting, status.due, status.delayed, status.running, status.failed].map(String),
    status.oldestSince === undefined ? '-' : formatAge(now - status.oldestSince.getTime()),
    formatRate(status.lastMinute),
    status.concurrency === undefined ? '-' : String(status.concurrency),
    formatPause(status),
  ]);
  const shown = COLUMNS.filter(
    (name, column) => !OPTIONAL.includes(name) || rows.some((row) => row[column] !== '-'),
  );
  const cells = [COLUMNS, ...rows].map((row) =>
    row.filter((_, column) => shown.includes(COLUMNS[column] ?? '')),
  );
  const right = shown.flatMap((name, column) => (LEFT.includes(name) ? [] : [column]));
  return table(cells, { right }).join('\n');
}

/** Formats a time in milliseconds in its largest units: `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`. */
export function formatAge(time: number): string {
  const seconds = Math.max(0, Math.floor(time / 1_000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return `${days} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  if (minutes > 0) return `${minutes} min`;
  return `${seconds} s`;
}

/** Jobs that have finished, and how many of them have failed. */
function formatRate({ completed, failed }: QueueStatus['lastMinute']): string {
  const all = String(completed + failed);
  return failed === 0 ? all : `${all} (${failed} failed)`;
}

function formatPause({ paused, pausedAt, pausedBy }: QueueStatus): string {
  if (!paused) return '-';
  const since = pausedAt === undefined ? '' : `, since ${pausedAt.toISOString()}`;
  return `yes${since}${pausedBy === undefined ? '' : ` by ${pausedBy}`}`;
}
