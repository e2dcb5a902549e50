import type { BundleGroup } from '../../measure/bundle-map';

/** Of the start, which is in every process, and of what is beside the bundle: these belong to no processor. */
const NEUTRAL = 'slate';
const EXTERNAL = 'stone';

/** Colors that are easy to tell apart, also with a color vision deficiency. page.css has a class for each. */
const HUES = ['blue', 'orange', 'teal', 'violet', 'rose', 'olive', 'sky', 'brown'];

/** The name of each group's color, by the group's id. */
export function groupColors(groups: readonly BundleGroup[]): Record<string, string> {
  let next = 0;
  const colors = groups.map(({ id, kind, parts }): [string, string] => {
    if (kind === 'start' && parts.length > 1) return [id, NEUTRAL];
    if (kind === 'start' && groups.filter((group) => group.kind === 'start').length === 1) {
      return [id, NEUTRAL];
    }
    const hue = HUES[next % HUES.length] ?? 'blue';
    next += 1;
    return [id, hue];
  });
  return { ...Object.fromEntries(colors), external: EXTERNAL };
}
