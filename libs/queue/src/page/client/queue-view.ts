import { LISTED_STATES, type ListedState, type Overview, type QueueView } from '../page-data';
import { type Child, h } from './dom';
import type { QueueContent } from './queue-content';
import { clock, count, duration, roughly } from './format';
import { failuresTable } from './failures-table';
import { jobsTable } from './jobs-table';
import { pauseButton, ready } from './overview-view';
import { section } from './parts';
import type { Filter } from './route';
import { queueLink } from './route';
import { schedulesTable } from './schedules-table';
import { chart } from './sparkline';

const NAMES: Record<ListedState, string> = {
  failed: 'Dead',
  running: 'Running',
  waiting: 'Waiting',
  delayed: 'Delayed',
  'waiting-children': 'Waiting for children',
  completed: 'Completed',
  cancelled: 'Cancelled',
};

/** One queue: how it does, why jobs failed, and its jobs. */
export function queueView(content: QueueContent): HTMLElement[] {
  const { overview, queue, state, jobs, failures, canAct } = content;
  const view = overview.queues.find((each) => each.queue === queue);
  if (view === undefined) {
    return [crumbs(queue), h('p', { class: 'empty' }, `There is no queue "${queue}".`)];
  }
  const schedules = overview.schedules.filter((schedule) => schedule.queue === queue);
  return [
    crumbs(
      queue,
      view.paused && h('span', { class: 'badge is-paused' }, 'paused'),
      pauseButton(view, canAct),
    ),
    pausedNote(view, overview.now),
    facts(view, overview),
    chart(view.history),
    ...(failures !== undefined && failures.groups.length > 0
      ? [section('Why jobs failed', failuresTable(queue, failures, overview.now, canAct))]
      : []),
    ...(schedules.length > 0
      ? [section('Schedules', schedulesTable(schedules, overview.now, canAct))]
      : []),
    section(
      'Jobs',
      states(view, state),
      searchForm(content),
      jobs === undefined ? h('p', { class: 'empty' }, 'Reading …') : jobsTable(content, jobs),
    ),
  ];
}

export function crumbs(queue: string, ...children: Child[]): HTMLElement {
  return h(
    'div',
    { class: 'heading', 'data-key': 'title' },
    h('nav', { 'aria-label': 'Position' }, h('a', { href: '#/' }, 'Queues')),
    h('h1', { tabindex: -1 }, queue),
    ...children,
  );
}

function pausedNote({ paused, pausedAt, pausedBy }: QueueView, now: number): HTMLElement {
  if (!paused) return h('p', { hidden: true, 'data-key': 'paused' });
  const since =
    pausedAt === null ? '' : ` for ${roughly(now - pausedAt)}, since ${clock(pausedAt)}`;
  const by = pausedBy === null ? '' : `, by ${pausedBy}`;
  return h(
    'p',
    { class: 'banner is-paused', 'data-key': 'paused' },
    `Paused${since}${by}. No worker starts its jobs.`,
  );
}

function facts(view: QueueView, { now, workers }: Overview): HTMLElement {
  const { queue, oldestSince, durations, limits } = view;
  const takes = workers.flatMap((worker) => worker.queues.filter((each) => each.queue === queue));
  const atOnce = takes.reduce((sum, { concurrency }) => sum + concurrency, 0);
  const rows: [string, string][] = [
    ['longest wait', oldestSince === null ? '–' : roughly(now - oldestSince)],
    ['half take up to', durations === null ? '–' : duration(durations.median)],
    ['95 % take up to', durations === null ? '–' : duration(durations.p95)],
    ['longest', durations === null ? '–' : duration(durations.longest)],
    ['workers', takes.length === 0 ? 'none' : count(takes.length)],
    ['at once', takes.length === 0 ? '–' : count(atOnce)],
    ['limit', limits.length === 0 ? 'none' : limits.join(', ')],
  ];
  return h(
    'dl',
    { class: 'figures', 'data-key': 'facts' },
    ...rows.map(([what, value]) => h('div', {}, h('dt', {}, what), h('dd', {}, value))),
  );
}

function states(view: QueueView, current: ListedState): HTMLElement {
  const counts: Partial<Record<ListedState, number>> = {
    failed: view.failed,
    running: view.running,
    waiting: ready(view),
    delayed: view.delayed,
    'waiting-children': view.waitingForChildren,
    cancelled: view.cancelled,
  };
  return h(
    'nav',
    { 'aria-label': 'State of the jobs', class: 'states' },
    ...LISTED_STATES.filter(
      (state) => state !== 'waiting-children' || counts[state] !== 0 || state === current,
    ).map((state) => {
      const jobs = counts[state];
      return h(
        'a',
        {
          href: queueLink(view.queue, state),
          'aria-current': state === current ? 'page' : undefined,
        },
        NAMES[state],
        jobs !== undefined &&
          h('span', { class: `count ${jobs === 0 ? 'quiet' : state}` }, count(jobs)),
      );
    }),
  );
}

function searchForm({ queue, state, filter }: QueueContent): HTMLElement {
  const field = (name: keyof Filter, label: string, type: string) =>
    h(
      'label',
      {},
      h('span', {}, label),
      h('input', {
        name,
        type,
        value: filter[name],
        autocomplete: 'off',
        spellcheck: 'false',
        step: type === 'search' ? undefined : 1,
      }),
    );
  const isFiltered = filter.text + filter.from + filter.to !== '';
  return h(
    'form',
    {
      class: 'filter',
      role: 'search',
      'aria-label': 'Search these jobs',
      'data-search': JSON.stringify({ queue, state }),
      'data-key': `${queue} ${state}`,
    },
    field('text', 'Id, data or failure has', 'search'),
    field('from', 'Since', 'datetime-local'),
    field('to', 'Until', 'datetime-local'),
    h('button', { class: 'action' }, 'Search'),
    isFiltered && h('a', { href: queueLink(queue, state) }, 'Clear'),
  );
}
