import type { RunningJobView } from '../page-data';
import { h } from './dom';
import { roughly } from './format';
import { jobAnchor, none, table } from './parts';
import { queueLink } from './route';

/** What each worker runs. */
export function runningTable(running: readonly RunningJobView[], now: number): HTMLElement {
  const sorted = [...running].sort(
    (a, b) =>
      (a.worker ?? '').localeCompare(b.worker ?? '') || (a.startedAt ?? 0) - (b.startedAt ?? 0),
  );
  return table(
    'Jobs that run now, by worker',
    [
      { title: 'Job' },
      { title: 'Queue' },
      { title: 'Worker' },
      { title: 'For', isNumber: true },
      { title: 'Attempt', isNumber: true },
      { title: 'Progress' },
    ],
    sorted.map(({ queue, id, worker, startedAt, attempt, attempts, progress }) => ({
      key: `${queue}/${id}`,
      cells: [
        jobAnchor(queue, id),
        h('a', { href: queueLink(queue, 'running') }, queue),
        worker ?? none(),
        startedAt === null ? none() : roughly(now - startedAt),
        `${attempt} of ${attempts}`,
        progress === null
          ? none()
          : h('progress', { max: 100, value: progress, 'aria-label': `${progress} %` }),
      ],
    })),
  );
}
