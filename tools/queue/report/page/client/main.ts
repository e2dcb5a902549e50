import type { BundleMap } from '../../../measure/bundle-map';
import { formatBytes } from '../../../terminal/format-bytes';
import { searchMap } from './map-search';
import type { SearchResult } from './map-search';
import type { MapNode } from './map-tree';
import { EXTERNAL_GROUP, mapTree, pathTo } from './map-tree';
import { MapView } from './map-view';
import { Tooltip } from './tooltip';

/*
 * The script of the page. All it knows is in the page itself: BundleMap as JSON, and the colors of the
 * groups, which the page has in its legend.
 */

// The page holds what render-page.ts wrote there.
const map = JSON.parse(find('#data').textContent) as BundleMap;
const colors = JSON.parse(find('#colors').textContent) as Record<string, string>;

let whole = mapTree(map, false);
let path: MapNode[] = [whole];
let selected: string[] | undefined;
let search: SearchResult | undefined;

const tooltip = new Tooltip(find('#tooltip'));
const view = new MapView(
  find('#map'),
  {
    colorOf: (group) => colors[group] ?? 'slate',
    isDimmed: ({ id, group }) =>
      (search !== undefined && !search.lit.has(id)) ||
      (selected !== undefined && !selected.includes(group)),
  },
  {
    open: (node) => {
      const clicked = pathTo(whole, node.id);
      // A tile inside a box opens the box: one level at a time.
      const next = clicked[path.length];
      if (next && next.children.length > 0) zoom(clicked.slice(0, path.length + 1), true);
    },
    close: () => {
      if (path.length > 1) zoom(path.slice(0, -1), true);
    },
    hover: (node, tile) => {
      if (!node || !tile) tooltip.hide();
      else tooltip.show(node, whole, pathTo(whole, node.group)[1], tile);
    },
  },
);

function zoom(next: MapNode[], withFocus: boolean): void {
  path = next;
  tooltip.hide();
  const shown = path.at(-1) ?? whole;
  view.show(shown);
  find('#map').animate([{ opacity: 0.4 }, { opacity: 1 }], {
    duration: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 160,
  });
  find('#path').replaceChildren(...path.map((node, index) => crumb(node, index)));
  say(`${shown.label}, ${formatBytes(shown.bytes)}`);
  if (withFocus) view.focusFirst();
}

function crumb(node: MapNode, index: number): HTMLElement {
  const item = document.createElement('li');
  const isLast = index === path.length - 1;
  const label = document.createElement(isLast ? 'span' : 'button');
  label.textContent = node.label;
  if (isLast) label.setAttribute('aria-current', 'location');
  else
    label.addEventListener('click', () => {
      zoom(path.slice(0, index + 1), false);
    });
  item.append(label);
  if (isLast) {
    const bytes = document.createElement('span');
    bytes.className = 'bytes';
    bytes.textContent = formatBytes(node.bytes);
    item.append(bytes);
  }
  return item;
}

/** Lights what a process loads that runs only this part; `undefined`: everything. */
function select(name: string | undefined): void {
  const part = map.parts.find((candidate) => candidate.name === name);
  selected = part && [...part.groups, ...(part.external.length > 0 ? [EXTERNAL_GROUP] : [])];
  for (const button of document.querySelectorAll<HTMLElement>('[data-part]')) {
    button.setAttribute('aria-pressed', String(button.dataset['part'] === (part?.name ?? '')));
    button.closest('tr')?.classList.toggle('is-selected', button.dataset['part'] === part?.name);
  }
  for (const entry of document.querySelectorAll<HTMLElement>('[data-group]')) {
    const group = entry.dataset['group'] ?? '';
    entry.classList.toggle('is-dimmed', selected !== undefined && !selected.includes(group));
  }
  view.refresh();
  const only = part?.kind === 'processor' ? `A process that runs only ${part.name}` : part?.name;
  say(
    part
      ? `${only ?? ''} loads ${formatBytes(part.loads)} of ${formatBytes(map.bytes)}, ${Math.round((part.loads / map.bytes) * 100)} %.`
      : '',
  );
}

function find(selector: string): HTMLElement {
  const element = document.querySelector<HTMLElement>(selector);
  if (!element) throw new Error(`The page has no ${selector}`);
  return element;
}

function say(message: string): void {
  find('#said').textContent = message;
}

for (const button of document.querySelectorAll<HTMLElement>('[data-part]')) {
  button.addEventListener('click', () => {
    const isPressed = button.getAttribute('aria-pressed') === 'true';
    select(isPressed ? undefined : button.dataset['part']);
  });
}

for (const button of document.querySelectorAll<HTMLElement>('button[data-group]')) {
  button.addEventListener('click', () => {
    const next = pathTo(whole, button.dataset['group'] ?? '');
    if (next.length > 0) zoom(next, false);
  });
}

const field = find('#search') as HTMLInputElement;
field.addEventListener('input', () => {
  search = field.value.trim() === '' ? undefined : searchMap(whole, field.value);
  view.refresh();
  if (!search) say('');
  else if (search.found.length === 0) say('No name in the bundle contains this.');
  else {
    const names = search.found.slice(0, 3).map(({ label }) => label);
    const rest = search.found.length - names.length;
    say(`${formatBytes(search.bytes)}: ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`);
  }
});
field.addEventListener('keydown', ({ key }) => {
  const [largest] = search?.found ?? [];
  if (key === 'Enter' && largest)
    zoom(pathTo(whole, largest.children.length > 0 ? largest.id : parentId(largest)), false);
  if (key === 'Escape') {
    field.value = '';
    field.dispatchEvent(new Event('input'));
  }
});
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target === field) return;
  event.preventDefault();
  field.focus();
});

function parentId({ id }: MapNode): string {
  return pathTo(whole, id).at(-2)?.id ?? '';
}

const external = document.querySelector<HTMLInputElement>('#external');
external?.addEventListener('change', () => {
  whole = mapTree(map, external.checked);
  if (search) search = searchMap(whole, field.value);
  for (const entry of document.querySelectorAll<HTMLElement>(`[data-group="${EXTERNAL_GROUP}"]`)) {
    entry.hidden = !external.checked;
  }
  zoom([whole], false);
});

new ResizeObserver(() => {
  view.fit();
}).observe(find('#map'));
zoom([whole], false);
say('');
