import type { Failures } from '../page-data';
import { h } from './dom';
import { count, counted } from './format';
import { actionButton, table, when } from './parts';
import { jobLink } from './route';

/** Dead jobs by their reason, the most frequent one first. */
export function failuresTable(
  queue: string,
  { groups, read, total }: Failures,
  now: number,
  canAct: boolean,
): HTMLElement {
  const rows = groups.map(({ kind, example, exampleId, jobs, latest }) => ({
    key: kind,
    cells: [
      h(
        'a',
        { class: 'failure', href: jobLink(queue, exampleId), title: example },
        jobs === 1 ? example : kind,
      ),
      count(jobs),
      when(latest, now),
      ...(canAct
        ? [
            actionButton(
              {
                action: 'redrive-kind',
                queue,
                query: { kind },
                label: jobs === 1 ? 'Retry' : `Retry all ${count(jobs)}`,
                name: `Retry ${counted(jobs, 'job')} that failed with ${kind}`,
                question: `Retry ${counted(jobs, 'dead job')} of ${queue}?`,
                details: `Every dead job that failed with “${kind}” waits again, with all its attempts. Mend the cause first: otherwise they fail again.`,
              },
              true,
            ),
          ]
        : []),
    ],
  }));
  return h(
    'div',
    {},
    table(
      'Dead jobs by reason',
      [
        { title: 'Failure' },
        { title: 'Jobs', isNumber: true },
        { title: 'Latest' },
        ...(canAct ? [{ title: 'Action' }] : []),
      ],
      rows,
    ),
    read < total &&
      h(
        'p',
        { class: 'note' },
        `Counted in the latest ${count(read)} of ${count(total)} dead jobs.`,
      ),
  );
}
