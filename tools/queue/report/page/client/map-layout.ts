import { hierarchy, treemap, treemapSquarify } from 'd3-hierarchy';
import type { MapNode } from './map-tree';

export interface MapTile {
  node: MapNode;
  /** 1: a child of what is shown; 2: a child of that, drawn inside it. */
  depth: 1 | 2;
  /** Whether there is room for a title above what is inside. */
  hasTitle: boolean;
  x: number;
  y: number;
  width: number;
  height: number;
}

const TITLE = 24;
/** Tiles of less than this, in pixels, cannot be seen or hit. */
const SMALLEST = 2;

/** Where each tile goes if `shown` fills the map. Areas are in proportion to bytes. */
export function layOut(shown: MapNode, width: number, height: number): MapTile[] {
  const root = hierarchy(twoLevels(shown), ({ children }) => children)
    .sum(({ children, bytes }) => (children.length === 0 ? bytes : 0))
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const hasTitle = (tile: { x0: number; x1: number; y0: number; y1: number }): boolean =>
    tile.x1 - tile.x0 > 64 && tile.y1 - tile.y0 > 56;

  const placed = treemap<MapNode>()
    .tile(treemapSquarify.ratio(1.4))
    .size([width, height])
    .round(true)
    .paddingInner(({ depth, height: levels }) => (depth === 0 && levels > 1 ? 6 : 2))
    .paddingTop((tile) => (tile.depth !== 1 ? 0 : hasTitle(tile) ? TITLE : 2))
    .paddingRight(({ depth }) => (depth === 1 ? 2 : 0))
    .paddingBottom(({ depth }) => (depth === 1 ? 2 : 0))
    .paddingLeft(({ depth }) => (depth === 1 ? 2 : 0))(root);

  return placed
    .descendants()
    .filter((tile) => tile.depth > 0)
    .map((tile): MapTile => ({
      node: tile.data,
      depth: tile.depth === 1 ? 1 : 2,
      hasTitle: tile.depth === 1 && tile.children !== undefined && hasTitle(tile),
      x: tile.x0,
      y: tile.y0,
      width: tile.x1 - tile.x0,
      height: tile.y1 - tile.y0,
    }))
    .filter((tile) => tile.width >= SMALLEST && tile.height >= SMALLEST);
}

/** What lies deeper is shown after zooming in. */
function twoLevels(shown: MapNode): MapNode {
  const cut = (node: MapNode): MapNode => ({ ...node, children: [] });
  return {
    ...shown,
    children: shown.children.map((child) => ({ ...child, children: child.children.map(cut) })),
  };
}
