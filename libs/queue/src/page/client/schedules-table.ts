import type { ScheduleView } from '../page-data';
import { type Child, h } from './dom';
import { actionButton, jobAnchor, none, table, when } from './parts';
import { queueLink } from './route';

/** When jobs run next, and how they ended. */
export function schedulesTable(
  schedules: readonly ScheduleView[],
  now: number,
  canAct: boolean,
): HTMLElement {
  return table(
    'Schedules',
    [
      { title: 'Schedule' },
      { title: 'When' },
      { title: 'Next run' },
      { title: 'Last run' },
      ...(canAct ? [{ title: 'Action' }] : []),
    ],
    schedules.map((schedule) => ({
      key: `${schedule.queue}/${schedule.name}`,
      cells: [
        nameOf(schedule),
        h(
          'span',
          {},
          h('code', {}, schedule.expression),
          schedule.timezone !== null && h('span', { class: 'note' }, schedule.timezone),
        ),
        nextRun(schedule, now),
        lastRun(schedule, now),
        ...(canAct ? [runButton(schedule)] : []),
      ],
    })),
  );
}

function nameOf({ queue, name }: ScheduleView): HTMLElement {
  return h(
    'span',
    {},
    h('a', { href: queueLink(queue) }, queue),
    name !== 'default' && h('span', { class: 'note' }, name),
  );
}

function nextRun({ inEffect, next, nextLocal }: ScheduleView, now: number): HTMLElement {
  if (!inEffect) return h('span', { class: 'warning' }, 'no worker runs it');
  if (next === null) return none();
  if (next <= now) return h('span', { title: nextLocal }, 'now');
  return h('span', {}, when(next, now), h('span', { class: 'note' }, nextLocal));
}

function lastRun({ queue, last, skipped }: ScheduleView, now: number): Child {
  const skippedLater = skipped !== null && skipped.at > (last?.at ?? 0);
  if (last === null && !skippedLater) return none();
  return h(
    'span',
    {},
    last !== null && when(last.at, now),
    last !== null &&
      h('span', { class: `badge ${last.outcome ?? 'running'}` }, last.outcome ?? 'not ended'),
    last !== null &&
      last.outcome !== 'removed' &&
      h('span', { class: 'note' }, jobAnchor(queue, last.id)),
    skippedLater &&
      h('span', { class: 'note' }, `skipped `, when(skipped.at, now), ` (${skipped.reason})`),
  );
}

function runButton({ queue, name }: ScheduleView): Child {
  const called = name === 'default' ? queue : `${queue} ${name}`;
  return actionButton(
    {
      action: 'run',
      queue,
      query: { schedule: name },
      label: 'Run now',
      name: `Run ${called} now`,
      question: `Run ${called} now?`,
      details:
        'A job is added at once, beside the times of the schedule, also while an earlier run goes on.',
    },
    true,
  );
}
