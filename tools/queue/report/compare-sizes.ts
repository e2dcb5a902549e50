import type { BundleSizes } from '../record/build-record';

/** One thing that has a size at a commit, or now, or both. */
export interface SizeChange {
  name: string;
  /** In bytes; undefined if it was not there. */
  before: number | undefined;
  now: number | undefined;
}

/** What has changed between two bundles of an application. */
export interface SizeComparison {
  /** All files without source maps. */
  total: SizeChange;
  /** What a process reads at its start. */
  start: SizeChange;
  /** Other entry points, sandboxes and processors: only what has changed. The largest change first. */
  parts: (SizeChange & { kind: 'start' | 'sandbox' | 'processor' })[];
  packages: SizeChange[];
  projects: SizeChange[];
  /** Installed beside the bundle: `sharp 0.35.5`. */
  external: { added: string[]; removed: string[] };
}

export function compareSizes(before: BundleSizes, now: BundleSizes): SizeComparison {
  const main = now.parts.find(({ kind }) => kind === 'start')?.name;
  const contents = (kind: 'package' | 'project'): SizeChange[] =>
    changes(
      before.contents.filter((content) => content.kind === kind),
      now.contents.filter((content) => content.kind === kind),
    );
  const names = ({ external }: BundleSizes): string[] =>
    external.map(({ name, version }) => `${name} ${version}`);
  return {
    total: { name: 'all files', before: before.bytes, now: now.bytes },
    start: { name: 'start', before: before.start, now: now.start },
    parts: (['start', 'sandbox', 'processor'] as const).flatMap((kind) => {
      // The main one has a row of its own.
      const isShown = (part: BundleSizes['parts'][number]): boolean =>
        part.kind === kind && !(kind === 'start' && part.name === main);
      return changes(before.parts.filter(isShown), now.parts.filter(isShown)).map((change) => ({
        ...change,
        kind,
      }));
    }),
    packages: contents('package'),
    projects: contents('project'),
    external: {
      added: names(now).filter((name) => !names(before).includes(name)),
      removed: names(before).filter((name) => !names(now).includes(name)),
    },
  };
}

type Sized = readonly { name: string; bytes: number }[];

function changes(before: Sized, now: Sized): SizeChange[] {
  const all = new Map<string, SizeChange>();
  for (const { name, bytes } of before) all.set(name, { name, before: bytes, now: undefined });
  for (const { name, bytes } of now) {
    all.set(name, { name, before: all.get(name)?.before, now: bytes });
  }
  return [...all.values()]
    .filter((change) => change.before !== change.now)
    .sort((a, b) => Math.abs(difference(b)) - Math.abs(difference(a)));
}

export function difference({ before = 0, now = 0 }: SizeChange): number {
  return now - before;
}
