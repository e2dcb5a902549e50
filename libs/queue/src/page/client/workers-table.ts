import type { RunningJobView, WorkerView } from '../page-data';
import { type Child, h } from './dom';
import { count, roughly } from './format';
import { table, when } from './parts';
import { jobLink, queueLink } from './route';

/** Jobs that a row names; the table below it has all. */
const NAMED = 3;

/** In milliseconds: workers say that they are there each half minute, and are listed for 45 s. */
const SILENT = 38_000;

/** The processes that run jobs, those that have nothing to do too. */
export function workersTable(
  workers: readonly WorkerView[],
  running: readonly RunningJobView[],
  now: number,
): HTMLElement {
  return table(
    'Workers',
    [
      { title: 'Worker' },
      { title: 'Runs now' },
      { title: 'Queues, jobs at once' },
      { title: 'Started' },
    ],
    workers.map((worker) => ({
      key: worker.name,
      cells: [
        nameCell(worker),
        jobsOf(running.filter((job) => job.worker === worker.name)),
        h('ul', { class: 'chips' }, ...worker.queues.map(queueChip)),
        when(worker.startedAt, now),
      ],
    })),
  );
}

function nameCell({ name, isStopping, silentFor }: WorkerView): HTMLElement {
  return h(
    'span',
    { class: 'id' },
    name,
    isStopping && h('span', { class: 'badge is-paused' }, 'stopping'),
    silentFor > SILENT && h('span', { class: 'note warning' }, `silent for ${roughly(silentFor)}`),
  );
}

function jobsOf(jobs: readonly RunningJobView[]): Child {
  if (jobs.length === 0) return h('span', { class: 'none' }, 'idle');
  const named = jobs
    .slice(0, NAMED)
    .map(({ queue, id }) =>
      h(
        'li',
        { 'data-key': `${queue}/${id}` },
        h('a', { class: 'id', href: jobLink(queue, id) }, `${queue} / ${id}`),
      ),
    );
  const more = jobs.length - named.length;
  return h(
    'ul',
    { class: 'list' },
    ...named,
    more > 0 && h('li', { class: 'none', 'data-key': 'more' }, `and ${count(more)} more`),
  );
}

function queueChip({ queue, concurrency, isolation }: WorkerView['queues'][number]): HTMLElement {
  const where = isolation === null ? '' : `, each in a ${isolation} of its own`;
  return h(
    'li',
    { 'data-key': queue, title: `${queue}: up to ${count(concurrency)} at a time${where}` },
    h('a', { href: queueLink(queue) }, queue),
    ` × ${count(concurrency)}`,
  );
}
