import { placeOf } from '../guard/chains';
import { leftOut } from '../guard/left-out';
import type { BundleGroup, BundleMap, BundlePart, ExternalPackage } from './bundle-map';
import { BundleFiles } from './bundle-files';
import type { BuildReport } from '../record/build-record';
import type { BuiltApp } from '../record/built-app';
import type { BundleRoot } from '../record/bundle-roots';
import { groupContents } from './group-contents';

type Facts = Pick<BuiltApp, 'facts' | 'roots'> & {
  report: Pick<BuildReport, 'project' | 'metafile' | 'leftOut' | 'allowed'>;
};

/** A root, the file of the bundle that it is in, and what is loaded where it runs. */
interface LoadedRoot extends BundleRoot {
  output: string;
  /** Its own file and all that comes with it. */
  loads: Set<string>;
}

/** Sorts a bundle by who loads it. `external`: the packages beside it, as they are installed. */
export function mapBundle(app: Facts, external: readonly ExternalPackage[]): BundleMap {
  const { report, facts } = app;
  const files = new BundleFiles(report.metafile);
  const roots = app.roots.flatMap((root): LoadedRoot[] => {
    const output = files.startingWith(root.file);
    if (output === undefined) return [];
    return [{ ...root, output, loads: loadedAtOnce(root.file, output, facts, files) }];
  });
  const groups = groupFiles(app, files, roots);
  return {
    project: report.project,
    bytes: groups.reduce((sum, { bytes }) => sum + bytes, 0),
    files: files.all.size,
    groups,
    parts: roots.map((root) => describePart(app, files, root, roots, groups)),
    external: [...external].sort((a, b) => b.bytes - a.bytes),
    leftOut: leftOut(facts),
    allowed: report.allowed,
    optional: [...report.leftOut].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** What a root loads, and what it waits for while it is loaded: `await import('./start')`. */
function loadedAtOnce(
  file: string,
  output: string,
  facts: Facts['facts'],
  files: BundleFiles,
): Set<string> {
  const loads = files.loadedWith(output);
  const sources = [file];
  for (const source of sources) {
    for (const { target, specifier, isLazy } of facts.bundle.nodes.get(source)?.imports ?? []) {
      const isAwaited = isLazy && placeOf(facts, source, specifier)?.isAwaited === true;
      const awaited = isAwaited ? files.startingWith(target) : undefined;
      if (awaited === undefined || sources.includes(target)) continue;
      sources.push(target);
      for (const path of files.loadedWith(awaited)) loads.add(path);
    }
  }
  return loads;
}

function groupFiles(
  { facts }: Facts,
  files: BundleFiles,
  roots: readonly LoadedRoot[],
): BundleGroup[] {
  const loaders = loadersOf(files, roots);
  const outputsOf = new Map<string, { loader: Loader; outputs: string[] }>();
  for (const path of files.all.keys()) {
    const loader = loaders(path);
    const id = `${loader.kind}:${loader.parts.join('+')}`;
    const group = outputsOf.get(id) ?? { loader, outputs: [] };
    group.outputs.push(path);
    outputsOf.set(id, group);
  }
  return [...outputsOf]
    .map(([id, { loader, outputs }]): BundleGroup => {
      const contents = groupContents(
        outputs.flatMap((path) => files.all.get(path) ?? []),
        facts.projects,
      );
      const bytes = contents.reduce((sum, content) => sum + content.bytes, 0);
      return { id, ...loader, label: labelOf(loader, roots), bytes, contents };
    })
    .sort((a, b) => b.bytes - a.bytes);
}

type Loader = Pick<BundleGroup, 'kind' | 'parts'>;

/** The parts that load a file of the bundle. What the start loads is there before any processor needs it. */
function loadersOf(files: BundleFiles, roots: readonly LoadedRoot[]): (path: string) => Loader {
  const outputs = new Set(roots.map(({ output }) => output));
  const reached = roots.map((root) => ({ root, paths: files.reachedFrom(root.output, outputs) }));
  return (path) => {
    const loading = roots.filter(({ loads }) => loads.has(path));
    const starts = loading.filter(({ kind }) => kind === 'start');
    if (starts.length > 0) return { kind: 'start', parts: starts.map(({ name }) => name) };
    const parts = loading.map(({ name }) => name);
    const [only] = loading;
    if (parts.length > 1) return { kind: 'shared', parts };
    if (only) return { kind: only.kind, parts };
    const later = reached.filter(({ paths }) => paths.has(path)).map(({ root }) => root.name);
    return { kind: 'on-demand', parts: later };
  };
}

function labelOf({ kind, parts }: Loader, roots: readonly LoadedRoot[]): string {
  const names = parts.length > 4 ? `${parts.length} processors` : parts.join(', ');
  if (kind === 'on-demand') return `On demand: ${names}`;
  if (kind === 'shared') return `Shared: ${names}`;
  if (kind === 'sandbox') return 'Sandboxes of isolated processors';
  const starts = roots.filter((root) => root.kind === 'start');
  return kind === 'start' && starts.length === 1 ? 'Every process' : names;
}

function describePart(
  { facts }: Facts,
  files: BundleFiles,
  { kind, name, file, output, loads, isolation }: LoadedRoot,
  roots: readonly LoadedRoot[],
  groups: readonly BundleGroup[],
): BundlePart {
  // A child shares nearly all of the start's files: that its group is listed is close enough.
  const start = roots.find(
    (root) => root.kind === 'start' && (root.output === output || kind !== 'start'),
  );
  const isLoaded = ({ kind: loader, parts }: BundleGroup): boolean =>
    loader !== 'on-demand' &&
    (parts.includes(name) ||
      (loader === 'start' && start !== undefined && parts.includes(start.name)));
  const loaded = groups.filter(isLoaded);
  const own = loaded.filter((group) => group.parts.length === 1 && group.parts[0] === name);
  const contents = own.flatMap((group) => group.contents);
  const packages = contents.filter((content) => content.kind === 'package');
  const packageBytes = sumOf(packages);
  const closed = new Set(roots.map((root) => root.file));
  return {
    kind,
    name,
    ...(isolation && { isolation }),
    ownCode: sumOf(contents) - packageBytes,
    packages: packages.map((content) => ({ name: content.name, bytes: content.bytes })),
    packageBytes,
    shared: sumOf(loaded.filter((group) => group.parts.length > 1 && group.parts.includes(name))),
    loads:
      kind === 'sandbox'
        ? sumOf([...loads].flatMap((path) => files.all.get(path) ?? []))
        : sumOf(loaded),
    external: facts.bundle
      .bundled()
      .filter((node) => node.kind === 'external')
      .filter(
        (node) =>
          facts.bundle.shortestChain((candidate) => candidate === node, {
            from: [file],
            mayEnter: (path) => !closed.has(path),
          }).length > 0,
      )
      .flatMap((node) => node.package ?? [])
      .filter((found, index, all) => all.indexOf(found) === index)
      .sort(),
    groups: loaded.map(({ id }) => id),
  };
}

function sumOf(counted: readonly { bytes: number }[]): number {
  return counted.reduce((sum, { bytes }) => sum + bytes, 0);
}
