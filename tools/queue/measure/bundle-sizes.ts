import type { BundleSizes, SizedContent } from '../record/build-record';
import type { BundleMap } from './bundle-map';

/** What a map of a bundle says of sizes, without its files: small enough to keep and to compare. */
export function bundleSizes({ bytes, groups, parts, external }: BundleMap): BundleSizes {
  const main = parts.find(({ kind }) => kind === 'start');
  const contents = new Map<string, SizedContent>();
  for (const group of groups) {
    const isStart = main !== undefined && main.groups.includes(group.id);
    for (const { kind, name, bytes: size } of group.contents) {
      const key = `${kind}:${name}`;
      const known = contents.get(key) ?? { kind, name, bytes: 0, start: 0 };
      contents.set(key, known);
      known.bytes += size;
      if (isStart) known.start += size;
    }
  }
  return {
    bytes,
    start: main?.loads ?? 0,
    parts: parts.map(({ kind, name, loads, ownCode, packageBytes, shared }) => ({
      kind,
      name,
      bytes: kind === 'processor' ? ownCode + packageBytes + shared : loads,
    })),
    contents: [...contents.values()].sort((a, b) => b.bytes - a.bytes),
    external: external.map(({ name, version }) => ({ name, version })),
  };
}
