import { type Child, h } from './dom';
import { clock, iso, relative } from './format';
import { jobLink } from './route';

/** A point in time, relative to now; exactly when pointed at. */
export function when(time: number | null, now: number): Child {
  if (time === null) return none();
  return h('time', { datetime: iso(time), title: clock(time) }, relative(time, now));
}

export function none(): HTMLElement {
  return h('span', { class: 'none' }, '–');
}

export interface Action {
  /** What the server is asked for. */
  readonly action: string;
  readonly queue: string;
  readonly query?: Record<string, string>;
  readonly label: string;
  /** For those who do not see what the button stands beside. */
  readonly name?: string;
  readonly question: string;
  readonly details: string;
  readonly isDangerous?: boolean;
}

/** A button that asks for a confirmation, and then acts: see main.ts. */
export function actionButton(action: Action, canAct: boolean): Child {
  if (!canAct) return null;
  const { label, name, isDangerous } = action;
  return h(
    'button',
    {
      type: 'button',
      class: isDangerous === true ? 'action is-dangerous' : 'action',
      'aria-label': name,
      'data-act': JSON.stringify(action),
    },
    label,
  );
}

export function jobAnchor(queue: string, id: string): HTMLElement {
  return h('a', { href: jobLink(queue, id), class: 'id' }, id);
}

export interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
}

/** A table whose rows become cards in a narrow window: each cell says what it is. */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly {
    readonly key: string;
    readonly cells: readonly Child[];
    readonly class?: string;
  }[],
): HTMLElement {
  const head = columns.map(({ title, isNumber }) =>
    h('th', { scope: 'col', class: isNumber === true ? 'number' : undefined }, title),
  );
  const body = rows.map(({ key, cells, class: name }) =>
    h(
      'tr',
      { 'data-key': key, class: name },
      ...cells.map((cell, index) =>
        index === 0
          ? h('th', { scope: 'row' }, cell)
          : h(
              'td',
              {
                class: columns[index]?.isNumber === true ? 'number' : undefined,
                'data-label': columns[index]?.title,
              },
              cell,
            ),
      ),
    ),
  );
  return h(
    'table',
    {},
    h('caption', { class: 'unseen' }, caption),
    h('thead', {}, h('tr', {}, ...head)),
    h('tbody', {}, ...body),
  );
}

export function section(title: string, ...children: Child[]): HTMLElement {
  const id = `about-${title.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`;
  return h(
    'section',
    { 'aria-labelledby': id, 'data-key': id },
    h('h2', { id }, title),
    ...children,
  );
}
