import type { Overview, QueueView } from '../page-data';
import { type Child, h } from './dom';
import { count, counted, duration, roughly } from './format';
import { actionButton, none, section, table } from './parts';
import { queueLink } from './route';
import { runningTable } from './running-table';
import { schedulesTable } from './schedules-table';
import { rate, sparkline } from './sparkline';
import { workersTable } from './workers-table';

/** All queues, what runs, and what runs next. */
export function overviewView(overview: Overview, canAct: boolean): HTMLElement[] {
  const { running, workers, schedules, now } = overview;
  return [
    h('h1', { tabindex: -1, 'data-key': 'title' }, 'Queues'),
    figures(overview),
    queuesTable(overview, canAct),
    section(
      'Running now',
      running.length === 0
        ? h('p', { class: 'empty' }, 'No job runs.')
        : runningTable(running, now),
      hiddenRuns(overview),
    ),
    section(
      'Workers',
      workers.length === 0
        ? h(
            'p',
            { class: 'empty warning' },
            'There is no worker: no job runs until one is started.',
          )
        : workersTable(workers, running, now),
    ),
    ...(schedules.length === 0
      ? []
      : [section('Schedules', schedulesTable(schedules, now, canAct))]),
  ];
}

function hiddenRuns({ queues, running }: Overview): Child {
  const more = queues.reduce((sum, queue) => sum + queue.running, 0) - running.length;
  return more > 0 && h('p', { class: 'note' }, `${counted(more, 'more job')} run.`);
}

function figures({ queues, outbox, now }: Overview): HTMLElement {
  const sum = (pick: (queue: QueueView) => number) =>
    queues.reduce((total, queue) => total + pick(queue), 0);
  const oldest = Math.min(...queues.map(({ oldestSince }) => oldestSince ?? Infinity));
  const failed = sum((queue) => queue.failed);
  return h(
    'dl',
    { class: 'figures', 'data-key': 'figures' },
    figure('running', count(sum((queue) => queue.running))),
    figure('waiting', count(sum(ready))),
    figure('delayed', count(sum((queue) => queue.delayed))),
    figure('dead', count(failed), failed > 0 ? 'is-bad' : undefined),
    figure('completed a minute', perMinute(sum(({ history }) => rate(history, now)))),
    figure('longest wait', Number.isFinite(oldest) ? roughly(now - oldest) : '–'),
    outbox !== null &&
      figure(
        outbox.refused > 0 ? `in the outbox, ${outbox.refused} refused` : 'in the outbox',
        outbox.rows === 0 ? '0' : `${count(outbox.rows)}, for ${roughly(outbox.oldestAge)}`,
        outbox.refused > 0 ? 'is-bad' : undefined,
      ),
  );
}

function figure(what: string, value: string, kind?: string): HTMLElement {
  return h('div', { class: kind }, h('dt', {}, what), h('dd', {}, value));
}

/** What a worker can take, or could if the queue were not paused. */
export function ready({ waiting, due }: QueueView): number {
  return waiting + due;
}

export function perMinute(jobs: number): string {
  return jobs >= 10 || jobs === 0 ? count(Math.round(jobs)) : Math.max(0.1, jobs).toFixed(1);
}

function queuesTable({ queues, workers, now }: Overview, canAct: boolean): HTMLElement {
  const served = new Set(workers.flatMap((worker) => worker.queues.map(({ queue }) => queue)));
  return table(
    'Queues',
    [
      { title: 'Queue' },
      { title: 'Waiting', isNumber: true },
      { title: 'Delayed', isNumber: true },
      { title: 'Running', isNumber: true },
      { title: 'Dead', isNumber: true },
      { title: 'Oldest', isNumber: true },
      { title: 'Last 30 min' },
      { title: 'A minute', isNumber: true },
      { title: 'Takes', isNumber: true },
      ...(canAct ? [{ title: 'Action' }] : []),
    ],
    queues.map((view) => ({
      key: view.queue,
      class: view.paused ? 'is-paused' : undefined,
      cells: [
        nameCell(view, served.has(view.queue)),
        linked(view, 'waiting', ready(view)),
        linked(view, 'delayed', view.delayed),
        linked(view, 'running', view.running),
        linked(view, 'failed', view.failed),
        view.oldestSince === null ? none() : roughly(now - view.oldestSince),
        sparkline(view.history),
        perMinute(rate(view.history, now)),
        takes(view),
        ...(canAct ? [pauseButton(view)] : []),
      ],
    })),
  );
}

function nameCell(
  { queue, paused, limits, waitingForChildren }: QueueView,
  isServed: boolean,
): HTMLElement {
  const notes = [
    ...limits,
    ...(waitingForChildren > 0
      ? [`${counted(waitingForChildren, 'parent')} wait for children`]
      : []),
  ];
  return h(
    'span',
    {},
    h('a', { href: queueLink(queue) }, queue),
    paused && h('span', { class: 'badge is-paused' }, 'paused'),
    !isServed && h('span', { class: 'badge failed' }, 'no worker'),
    notes.length > 0 && h('span', { class: 'note' }, notes.join(' · ')),
  );
}

function linked(
  { queue }: QueueView,
  state: 'waiting' | 'delayed' | 'running' | 'failed',
  jobs: number,
): HTMLElement {
  const kind = jobs === 0 ? 'quiet' : state;
  return h('a', { class: `count ${kind}`, href: queueLink(queue, state) }, count(jobs));
}

function takes({ durations }: QueueView): HTMLElement {
  if (durations === null) return none();
  const { median, p95, longest, jobs } = durations;
  const title = `Of the latest ${counted(jobs, 'completed job')}: half took up to ${duration(median)}, 95 % up to ${duration(p95)}, the longest ${duration(longest)}`;
  return h(
    'span',
    { title },
    duration(median),
    h('span', { class: 'note' }, `95 %: ${duration(p95)}`),
  );
}

export function pauseButton({ queue, paused }: QueueView, canAct = true): Child {
  return actionButton(
    paused
      ? {
          action: 'resume',
          queue,
          label: 'Resume',
          name: `Resume ${queue}`,
          question: `Resume ${queue}?`,
          details: 'Workers start its jobs again, at once.',
        }
      : {
          action: 'pause',
          queue,
          label: 'Pause',
          name: `Pause ${queue}`,
          question: `Pause ${queue}?`,
          details:
            'Running jobs finish, and no worker starts another one until it is resumed. Jobs can still be added.',
        },
    canAct,
  );
}
