import { formatBytes } from '../../../terminal/format-bytes';
import type { MapNode } from './map-tree';

/** What a tile is, beside the pointer or beside the tile that has the focus. */
export class Tooltip {
  private pointer: { x: number; y: number } | undefined;

  constructor(private readonly element: HTMLElement) {
    document.addEventListener('pointermove', ({ clientX, clientY }) => {
      this.pointer = { x: clientX, y: clientY };
      if (!this.element.hidden) this.place(this.pointer);
    });
    document.addEventListener('keydown', () => {
      this.pointer = undefined;
    });
  }

  show(node: MapNode, whole: MapNode, group: MapNode | undefined, tile: HTMLElement): void {
    const share = (node.bytes / whole.bytes) * 100;
    const lines: [string, string][] = [
      ['title', node.label],
      [
        'figures',
        `${formatBytes(node.bytes)} · ${share < 0.1 ? '< 0.1' : share.toFixed(1)} % of all`,
      ],
      ['what', node.description],
    ];
    if (group && group.id !== node.id) lines.push(['where', group.description]);
    this.element.replaceChildren(
      ...lines.map(([className, content]) => {
        const line = document.createElement('div');
        line.className = className;
        line.textContent = content;
        return line;
      }),
    );
    const hue = [...tile.classList].find((name) => name.startsWith('hue-'));
    this.element.className = `tooltip ${hue ?? ''}`;
    this.element.hidden = false;
    const { left, bottom } = tile.getBoundingClientRect();
    this.place(this.pointer ?? { x: left, y: bottom - 12 });
  }

  hide(): void {
    this.element.hidden = true;
  }

  /** Beside the point, on the side where there is room. */
  private place({ x, y }: { x: number; y: number }): void {
    const { offsetWidth, offsetHeight } = this.element;
    const gap = 14;
    const left = x + gap + offsetWidth < innerWidth ? x + gap : Math.max(8, x - gap - offsetWidth);
    const top =
      y + gap + offsetHeight < innerHeight ? y + gap : Math.max(8, y - gap - offsetHeight);
    this.element.style.transform = `translate(${Math.min(left, innerWidth - offsetWidth - 8)}px, ${top}px)`;
  }
}
