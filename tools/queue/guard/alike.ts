import type { BundleGraph } from './bundle-graph';
import type { Breach } from './rules/breach';

/**
 * The breaches in the order in which the bundle gets to them, rule by rule, so that the first one of a file has the shortest
 * way there.
 */
export function nearestFirst(bundle: BundleGraph, breaches: readonly Breach[]): Breach[] {
  const steps = new Map<string, number>();
  const reached = new Set(bundle.entries);
  for (const path of reached) {
    steps.set(path, steps.size);
    for (const { target } of bundle.nodes.get(path)?.imports ?? []) reached.add(target);
  }
  const stepOf = ({ at }: Breach) =>
    steps.get('to' in at ? at.from.path : at.file.path) ?? Infinity;
  const rules = [...new Set(breaches.map(({ rule }) => rule))];
  return rules.flatMap((rule) =>
    breaches
      .filter((breach) => breach.rule === rule)
      .map((breach) => ({ breach, step: stepOf(breach) }))
      .sort((a, b) => (a.step === b.step ? 0 : a.step - b.step))
      .map(({ breach }) => breach),
  );
}

/** The breaches that come to the same, together; of those with the same file to allow only the first. */
export function alike(breaches: readonly Breach[]): [Breach, ...Breach[]][] {
  const groups = new Map<string, Map<string, Breach>>();
  for (const breach of breaches) {
    const key = `${breach.rule} ${breach.key}`;
    const group = groups.get(key) ?? new Map<string, Breach>();
    groups.set(key, group);
    if (!group.has(breach.path)) group.set(breach.path, breach);
  }
  return [...groups.values()].map((group) => [...group.values()] as [Breach, ...Breach[]]);
}
