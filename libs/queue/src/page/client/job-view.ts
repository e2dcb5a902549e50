import type { JobView, RelatedJob } from '../page-data';
import { type Child, h } from './dom';
import { clock, count, duration } from './format';
import { jobAction } from './jobs-table';
import { section, when } from './parts';
import { jobLink, queueLink } from './route';

/** One job, with all that is known of it. */
export function jobView(job: JobView, now: number, canAct: boolean): HTMLElement[] {
  const { queue, id, state } = job;
  return [
    h(
      'div',
      { class: 'heading', 'data-key': 'title' },
      h(
        'nav',
        { 'aria-label': 'Position' },
        h('a', { href: '#/' }, 'Queues'),
        ' / ',
        h('a', { href: queueLink(queue) }, queue),
      ),
      h('h1', { tabindex: -1, class: 'id' }, id),
      h('span', { class: `badge ${state}` }, state === 'failed' ? 'dead' : state),
      jobAction(queue, id, state, canAct),
    ),
    h(
      'p',
      {
        class: state === 'failed' ? 'banner is-bad' : 'banner',
        'data-key': 'failure',
        hidden: job.failure === null,
      },
      job.failure ?? '',
    ),
    facts(job, now),
    family(job),
    ...block('Data', job.json, true),
    ...block('Result', job.result ?? '', true),
    ...attempts(job),
    ...log(job),
    ...block('Options', job.options, false),
  ];
}

function facts(job: JobView, now: number): HTMLElement {
  const { attempts: made, startedAt, finishedAt, progress, worker } = job;
  const rows: [string, Child][] = [
    ['added', when(job.addedAt, now)],
    ['due', job.dueAt === null ? null : when(job.dueAt, now)],
    ['started', when(startedAt, now)],
    ['finished', when(finishedAt, now)],
    ['took', startedAt === null || finishedAt === null ? null : duration(finishedAt - startedAt)],
    ['attempts', `${made.made} of ${made.max}`],
    ['worker', worker],
    ['progress', progress === 0 ? null : String(progress)],
  ];
  return h(
    'dl',
    { class: 'figures', 'data-key': 'facts' },
    ...rows.flatMap(([what, value]) =>
      value === null ? [] : [h('div', {}, h('dt', {}, what), h('dd', {}, value))],
    ),
  );
}

function family({ parent, children }: JobView): HTMLElement {
  if (parent === null && children.length === 0)
    return h('section', { hidden: true, 'data-key': 'flow' });
  return section(
    'Flow',
    parent !== null && h('p', {}, 'A child of ', relatedJob(parent), '.'),
    children.length > 0 &&
      h(
        'ul',
        { class: 'children', 'aria-label': 'Children' },
        ...children.map((child) =>
          h(
            'li',
            { 'data-key': `${child.queue}/${child.id}` },
            relatedJob(child),
            ' ',
            h('span', { class: `badge ${child.state ?? ''}` }, child.state),
          ),
        ),
      ),
  );
}

function relatedJob({ queue, id }: RelatedJob): HTMLElement {
  return h('a', { class: 'id', href: jobLink(queue, id) }, `${queue} / ${id}`);
}

function block(title: string, text: string, isOpen: boolean): HTMLElement[] {
  if (text === '') return [];
  const content = h('pre', { tabindex: 0, 'aria-label': title }, text);
  return isOpen
    ? [section(title, content)]
    : [h('details', { 'data-key': title }, h('summary', {}, title), content)];
}

function attempts({ history }: JobView): HTMLElement[] {
  if (history.length === 0) return [];
  const latest = [...history].reverse();
  return [
    section(
      'Failed attempts',
      ...latest.map(({ attempt, at, stack }, index) =>
        h(
          'details',
          { open: index === 0, 'data-key': `${attempt} ${at ?? ''}` },
          h(
            'summary',
            {},
            `Attempt ${attempt}`,
            at !== null && h('span', { class: 'note' }, clock(at)),
          ),
          h('pre', { tabindex: 0, 'aria-label': `Stack of attempt ${attempt}` }, stack),
        ),
      ),
    ),
  ];
}

function log({ log: lines, logLines }: JobView): HTMLElement[] {
  if (logLines === 0) return [];
  const left = logLines - lines.length;
  return [
    section(
      'Log',
      left > 0 &&
        h('p', { class: 'note' }, `The latest ${count(lines.length)} of ${count(logLines)} lines.`),
      h('pre', { tabindex: 0, 'aria-label': 'Log' }, lines.join('\n')),
    ),
  ];
}

export function missingView(message: string): HTMLElement[] {
  return [
    h(
      'div',
      { class: 'heading', 'data-key': 'title' },
      h('nav', { 'aria-label': 'Position' }, h('a', { href: '#/' }, 'Queues')),
      h('h1', { tabindex: -1 }, 'Not there'),
    ),
    h('p', { class: 'empty' }, message),
  ];
}
