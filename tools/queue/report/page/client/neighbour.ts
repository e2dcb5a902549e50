import type { MapTile } from './map-layout';

const DIRECTIONS: Record<string, { x: number; y: number } | undefined> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** The next tile in the direction of an arrow key, among those of the same depth. */
export function neighbour(
  from: MapTile,
  tiles: readonly MapTile[],
  key: string,
): MapTile | undefined {
  const direction = DIRECTIONS[key];
  if (!direction) return undefined;
  const center = centerOf(from);
  const isInside = tiles.some(({ depth }) => depth === 2) ? 2 : 1;
  return tiles
    .filter((tile) => tile !== from && (tile.depth === isInside || isAlone(tile, tiles)))
    .map((tile) => {
      const { x, y } = centerOf(tile);
      const along = (x - center.x) * direction.x + (y - center.y) * direction.y;
      const across =
        Math.abs((x - center.x) * direction.y) + Math.abs((y - center.y) * direction.x);
      return { tile, along, cost: along + 2 * across };
    })
    .filter(({ along }) => along > 0)
    .sort((a, b) => a.cost - b.cost)[0]?.tile;
}

/** A box in which no tile is drawn, because it is too small or has nothing inside. */
function isAlone(box: MapTile, tiles: readonly MapTile[]): boolean {
  return !tiles.some(
    ({ depth, node }) => depth === 2 && box.node.children.some(({ id }) => id === node.id),
  );
}

function centerOf({ x, y, width, height }: MapTile): { x: number; y: number } {
  return { x: x + width / 2, y: y + height / 2 };
}
