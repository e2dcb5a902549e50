import type { MapNode } from './map-tree';

export interface SearchResult {
  /** Ids of what matches, of all inside that, and of all around it. */
  lit: Set<string>;
  /** The outermost nodes that match, the largest first. */
  found: MapNode[];
  bytes: number;
}

/** Finds packages, projects, files and groups by a part of their name. */
export function searchMap(root: MapNode, text: string): SearchResult {
  const wanted = text.trim().toLowerCase();
  const result: SearchResult = { lit: new Set(), found: [], bytes: 0 };
  const light = (node: MapNode): void => {
    result.lit.add(node.id);
    node.children.forEach(light);
  };
  const visit = (node: MapNode): boolean => {
    if (node.kind !== 'bundle' && node.label.toLowerCase().includes(wanted)) {
      light(node);
      result.found.push(node);
      result.bytes += node.bytes;
      return true;
    }
    const isAround = node.children.map(visit).includes(true);
    if (isAround) result.lit.add(node.id);
    return isAround;
  };
  visit(root);
  result.found.sort((a, b) => b.bytes - a.bytes);
  return result;
}
