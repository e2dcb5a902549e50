import type { BundleMap } from '../../../measure/bundle-map';

/** A rectangle of the map, or what it consists of: bundle, then group, then package, then file. */
export interface MapNode {
  id: string;
  label: string;
  /** What it is, for screen readers. */
  description: string;
  kind: 'bundle' | 'group' | 'package' | 'project' | 'bundler' | 'file' | 'external';
  /** The group that it is in, by id; its color and whether it is dimmed follow from it. */
  group: string;
  bytes: number;
  children: MapNode[];
}

/** The id of the group of what is installed beside the bundle. */
export const EXTERNAL_GROUP = 'external';

/** The map as a tree. Its bytes are those of the bundle, and of the packages beside it if wanted. */
export function mapTree(map: BundleMap, withExternal: boolean): MapNode {
  const children = map.groups.map((group): MapNode => ({
    id: group.id,
    label: group.label,
    description: describeGroup(group.kind, group.parts),
    kind: 'group',
    group: group.id,
    bytes: group.bytes,
    children: group.contents.map((content): MapNode => ({
      id: `${group.id}/${content.name}`,
      label: content.name,
      description: DESCRIPTIONS[content.kind],
      kind: content.kind,
      group: group.id,
      bytes: content.bytes,
      children: content.files.map((file): MapNode => ({
        id: `${group.id}/${content.name}/${file.path}`,
        label: file.path,
        description: `File of ${content.name}`,
        kind: 'file',
        group: group.id,
        bytes: file.bytes,
        children: [],
      })),
    })),
  }));
  if (withExternal && map.external.length > 0) children.push(externalGroup(map));
  return {
    id: '',
    label: map.project,
    description: 'The whole bundle',
    kind: 'bundle',
    group: '',
    bytes: children.reduce((sum, { bytes }) => sum + bytes, 0),
    children,
  };
}

const DESCRIPTIONS = {
  package: 'npm package',
  project: 'Project of this workspace',
  bundler: 'Module wrappers and class names',
};

function describeGroup(kind: BundleMap['groups'][number]['kind'], parts: string[]): string {
  switch (kind) {
    case 'start':
      return 'Loaded when the application starts';
    case 'sandbox':
      return 'Loaded only by the sandboxes of isolated processors';
    case 'processor':
      return `Loaded only where ${parts.join()} is selected`;
    case 'shared':
      return `Loaded where any of these is selected: ${parts.join(', ')}`;
    case 'on-demand':
      return 'Loaded on demand, by an import()';
  }
}

function externalGroup({ external }: BundleMap): MapNode {
  return {
    id: EXTERNAL_GROUP,
    label: 'Beside the bundle',
    description: 'Installed from npm, because it cannot be bundled',
    kind: 'group',
    group: EXTERNAL_GROUP,
    bytes: external.reduce((sum, { bytes }) => sum + bytes, 0),
    children: external.map(({ name, bytes, packages }): MapNode => ({
      id: `${EXTERNAL_GROUP}/${name}`,
      label: name,
      description: 'Installed beside the bundle, with its dependencies',
      kind: 'external',
      group: EXTERNAL_GROUP,
      bytes,
      children: packages.map((inner): MapNode => ({
        id: `${EXTERNAL_GROUP}/${name}/${inner.name}`,
        label: inner.name,
        description: `Installed because of ${name}`,
        kind: 'external',
        group: EXTERNAL_GROUP,
        bytes: inner.bytes,
        children: [],
      })),
    })),
  };
}

/** The nodes from the root to the one with this id; empty if there is none. */
export function pathTo(root: MapNode, id: string): MapNode[] {
  if (root.id === id) return [root];
  for (const child of root.children) {
    const path = pathTo(child, id);
    if (path.length > 0) return [root, ...path];
  }
  return [];
}
