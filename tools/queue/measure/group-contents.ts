import type { ProjectMap } from '../guard/project-map';
import type { BundleFile } from './bundle-files';
import type { GroupContent } from './bundle-map';
import { packageNameOf } from '../bundle/npm-package';

/** What these files consist of, by project and package. All their bytes are in it. */
export function groupContents(
  outputs: readonly BundleFile[],
  projects: Pick<ProjectMap, 'ownerOf'>,
): GroupContent[] {
  const contents = new Map<string, { content: GroupContent; files: Map<string, SizedFile> }>();
  const add = (
    { kind, name, path }: Pick<GroupContent, 'kind' | 'name'> & { path: string },
    bytes: number,
  ): void => {
    const key = `${kind}:${name}`;
    const { content, files } = contents.get(key) ?? {
      content: { kind, name, bytes: 0, files: [] },
      files: new Map<string, SizedFile>(),
    };
    contents.set(key, { content, files });
    content.bytes += bytes;
    const file = files.get(path);
    if (file) file.bytes += bytes;
    else files.set(path, { path, bytes });
  };

  for (const { bytes, inputs } of outputs) {
    let rest = bytes;
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      if (bytesInOutput > 0) add(placeOf(path, projects), bytesInOutput);
      rest -= bytesInOutput;
    }
    // Between the sources stand what joins the files, names for classes, and the banner.
    if (rest > 0) add({ kind: 'bundler', name: 'added by the bundler', path: 'all files' }, rest);
  }
  return [...contents.values()]
    .map(({ content, files }) => ({ ...content, files: [...files.values()].sort(bySize) }))
    .sort(bySize);
}

type SizedFile = GroupContent['files'][number];

function placeOf(
  path: string,
  projects: Pick<ProjectMap, 'ownerOf'>,
): Pick<GroupContent, 'kind' | 'name'> & { path: string } {
  const [, inside] = /^.*(?:^|\/)node_modules\/(.+)$/.exec(path) ?? [];
  if (inside !== undefined) {
    const name = packageNameOf(inside);
    return { kind: 'package', name, path: inside.slice(name.length + 1) };
  }
  const owner = projects.ownerOf(path);
  if (!owner) return { kind: 'bundler', name: 'added by the bundler', path };
  return {
    kind: 'project',
    name: owner.name,
    path: owner.root === '.' ? path : path.slice(owner.root.length + 1),
  };
}

function bySize(a: { bytes: number }, b: { bytes: number }): number {
  return b.bytes - a.bytes;
}
