import { formatBytes } from '../../../terminal/format-bytes';
import type { MapTile } from './map-layout';
import { layOut } from './map-layout';
import type { MapNode } from './map-tree';
import { neighbour } from './neighbour';

export interface MapEvents {
  open: (node: MapNode) => void;
  close: () => void;
  hover: (node: MapNode | undefined, tile: HTMLElement | undefined) => void;
}

/** How tiles look: the name of their group's color, and what is dimmed. */
export interface MapLook {
  colorOf: (group: string) => string;
  isDimmed: (node: MapNode) => boolean;
}

/** Draws one level of the map. Each tile is a button; one of them can be reached with Tab, the others with the arrow keys. */
export class MapView {
  private tiles = new Map<HTMLElement, MapTile>();
  private shown: { node: MapNode; width: number; height: number } | undefined;

  constructor(
    private readonly element: HTMLElement,
    private readonly look: MapLook,
    private readonly events: MapEvents,
  ) {
    element.addEventListener('click', ({ target }) => {
      const tile = this.tileAt(target);
      if (tile) events.open(tile.node);
    });
    element.addEventListener('keydown', (event) => {
      this.onKey(event);
    });
    for (const [type, isOver] of [
      ['pointerover', true],
      ['focusin', true],
      ['pointerleave', false],
      ['focusout', false],
    ] as const) {
      element.addEventListener(type, ({ target }) => {
        const tile = isOver ? this.tileAt(target) : undefined;
        events.hover(tile?.node, tile && target instanceof HTMLElement ? target : undefined);
      });
    }
  }

  /** Fills the map with what `shown` consists of. */
  show(shown: MapNode): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    this.shown = { node: shown, width, height };
    this.tiles = new Map(
      layOut(shown, width, height).map((tile) => [this.draw(tile, shown), tile]),
    );
    this.element.replaceChildren(...this.tiles.keys());
    const [first] = this.tiles.keys();
    if (first) first.tabIndex = 0;
    this.refresh();
  }

  /** Draws the same level again if the map has another size now. The tile that has the focus keeps it. */
  fit(): void {
    const { clientWidth, clientHeight } = this.element;
    if (!this.shown) return;
    const { node, width, height } = this.shown;
    if (width === clientWidth && height === clientHeight) return;
    const focused = this.focused?.node.id;
    this.show(node);
    if (focused === undefined) return;
    for (const [element, tile] of this.tiles) if (tile.node.id === focused) this.focus(element);
  }

  /** Dims and lights the tiles again. */
  refresh(): void {
    for (const [element, { node }] of this.tiles) {
      element.classList.toggle('is-dimmed', this.look.isDimmed(node));
    }
  }

  focusFirst(): void {
    this.element.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }

  private get focused(): MapTile | undefined {
    const { activeElement } = document;
    return activeElement instanceof HTMLElement ? this.tiles.get(activeElement) : undefined;
  }

  private focus(element: HTMLElement): void {
    for (const tile of this.tiles.keys()) tile.tabIndex = -1;
    element.tabIndex = 0;
    element.focus();
  }

  private draw(
    { node, depth, hasTitle, x, y, width, height }: MapTile,
    shown: MapNode,
  ): HTMLElement {
    const tile = document.createElement('button');
    tile.type = 'button';
    tile.tabIndex = -1;
    tile.className = `tile depth-${depth} kind-${node.kind} hue-${this.look.colorOf(node.group)}`;
    if (hasTitle) tile.classList.add('has-title');
    if (depth === 1 && node.children.length === 0) tile.classList.add('is-last');
    const share = shown.bytes > 0 ? Math.round((node.bytes / shown.bytes) * 100) : 0;
    tile.setAttribute(
      'aria-label',
      `${node.label}, ${formatBytes(node.bytes)}, ${share} % of ${shown.label}. ${node.description}.`,
    );
    tile.style.transform = `translate(${x}px, ${y}px)`;
    tile.style.width = `${width}px`;
    tile.style.height = `${height}px`;
    const isLeaf = depth === 2 || !node.children.length;
    if (hasTitle || (isLeaf && width > 44 && height > 20))
      tile.append(text('name', shortName(node)));
    if (hasTitle ? width > 130 : isLeaf && width > 52 && height > 38) {
      tile.append(text('bytes', formatBytes(node.bytes)));
    }
    return tile;
  }

  private tileAt(target: EventTarget | null): MapTile | undefined {
    const element = target instanceof HTMLElement ? target.closest<HTMLElement>('.tile') : null;
    return element ? this.tiles.get(element) : undefined;
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape' || event.key === 'Backspace') {
      event.preventDefault();
      this.events.close();
      return;
    }
    const from = this.focused;
    const next = from && neighbour(from, [...this.tiles.values()], event.key);
    const [element] = [...this.tiles].find(([, tile]) => tile === next) ?? [];
    if (!element) return;
    event.preventDefault();
    this.focus(element);
  }
}

function text(className: string, content: string): HTMLElement {
  const span = document.createElement('span');
  span.className = className;
  span.textContent = content;
  return span;
}

/** Of a file its last part: the rest is in the tooltip. */
function shortName({ kind, label }: MapNode): string {
  return kind === 'file' ? label.slice(label.lastIndexOf('/') + 1) : label;
}
