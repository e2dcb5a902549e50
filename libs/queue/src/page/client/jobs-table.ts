import type { JobList, JobRow, ListedState } from '../page-data';
import { type Child, h } from './dom';
import { counted, duration } from './format';
import { actionButton, jobAnchor, none, table, when } from './parts';
import type { QueueContent } from './queue-content';
import { queueLink } from './route';

interface ShownColumn {
  readonly title: string;
  readonly isNumber?: boolean;
  readonly cell: (job: JobRow, content: QueueContent) => Child;
}

const ID: ShownColumn = { title: 'Job', cell: ({ queue, id }) => jobAnchor(queue, id) };
const DATA: ShownColumn = {
  title: 'Data',
  cell: ({ data }) => h('code', { class: 'data' }, data),
};
const FAILURE: ShownColumn = {
  title: 'Failure',
  cell: ({ failure }) => (failure === null ? none() : h('span', { class: 'failure' }, failure)),
};
const ATTEMPTS: ShownColumn = {
  title: 'Attempts',
  isNumber: true,
  cell: ({ attempts: { made, max } }) => `${made} of ${max}`,
};
const at = (
  title: string,
  field: 'addedAt' | 'startedAt' | 'finishedAt' | 'dueAt',
): ShownColumn => ({ title, cell: (job, { overview: { now } }) => when(job[field], now) });
const TOOK: ShownColumn = {
  title: 'Took',
  isNumber: true,
  cell: ({ startedAt, finishedAt }) =>
    startedAt === null || finishedAt === null ? none() : duration(finishedAt - startedAt),
};
const WORKER: ShownColumn = { title: 'Worker', cell: ({ worker }) => worker ?? none() };

const COLUMNS: Record<ListedState, readonly ShownColumn[]> = {
  failed: [ID, FAILURE, DATA, ATTEMPTS, at('Failed', 'finishedAt')],
  cancelled: [ID, FAILURE, DATA, at('Cancelled', 'finishedAt')],
  running: [ID, DATA, WORKER, ATTEMPTS, at('Started', 'startedAt')],
  waiting: [ID, DATA, ATTEMPTS, at('Added', 'addedAt')],
  delayed: [ID, DATA, FAILURE, ATTEMPTS, at('Due', 'dueAt')],
  'waiting-children': [ID, DATA, at('Added', 'addedAt')],
  completed: [ID, DATA, TOOK, at('Completed', 'finishedAt')],
};

export function jobsTable(content: QueueContent, list: JobList): HTMLElement {
  const { state, queue, filter, canAct } = content;
  const columns = [...COLUMNS[state], ...(canAct && hasAction(state) ? [ACTION] : [])];
  const isFiltered = filter.text + filter.from + filter.to !== '';
  return h(
    'div',
    {},
    list.jobs.length === 0
      ? h('p', { class: 'empty' }, isFiltered ? 'No job is like that.' : 'There are none.')
      : table(
          `Jobs of ${queue}: ${state}`,
          columns,
          list.jobs.map((job) => ({
            key: job.id,
            cells: columns.map(({ cell }) => cell(job, content)),
          })),
        ),
    h(
      'p',
      { class: 'pages' },
      isFiltered && h('span', { class: 'note' }, `Searched ${counted(list.searched, 'job')}.`),
      filter.after !== '' &&
        h('a', { href: queueLink(queue, state, { ...filter, after: '' }) }, 'First page'),
      list.next !== null &&
        h(
          'a',
          { href: queueLink(queue, state, { ...filter, after: list.next }) },
          isFiltered ? 'Search on' : 'Next page',
        ),
    ),
  );
}

const ACTION: ShownColumn = {
  title: 'Action',
  cell: (job, { state }) => jobAction(job.queue, job.id, state),
};

function hasAction(state: ListedState): boolean {
  return state !== 'completed';
}

/** What can be done with a job in a state. */
export function jobAction(queue: string, id: string, state: string, canAct = true): Child {
  if (state === 'failed' || state === 'cancelled') {
    return actionButton(
      {
        action: 'redrive',
        queue,
        query: { id },
        label: 'Retry',
        name: `Retry the job ${id}`,
        question: `Retry the job ${id}?`,
        details: 'It waits again, with the same data and all its attempts.',
      },
      canAct,
    );
  }
  if (state === 'completed') return null;
  return actionButton(
    {
      action: 'cancel',
      queue,
      query: { id },
      label: 'Cancel',
      name: `Cancel the job ${id}`,
      question: `Cancel the job ${id}?`,
      details:
        'If it runs, it is aborted wherever it runs. It ends as cancelled, is kept, and can be retried.',
      isDangerous: true,
    },
    canAct,
  );
}
