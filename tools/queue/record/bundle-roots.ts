import { parse } from 'node:path';
import type { GuardFacts } from '../guard/facts';
import type { Isolation } from '../workspace/index';

/** A file that a part of the bundle is loaded through. */
export interface BundleRoot {
  /**
   * - `start`: a file that one runs with node.
   * - `sandbox`: what the sandboxes of isolated processors run.
   * - `processor`: loaded where the processor is selected, and in its sandboxes if it is isolated.
   */
  kind: 'start' | 'sandbox' | 'processor';
  /** The entry's name without its ending (`main`), or the job of the processor. */
  name: string;
  /** Relative to the workspace root. */
  file: string;
  /** Of a processor that does not run in the event loop of its worker. */
  isolation?: Isolation | undefined;
}

/** The files that the parts of a bundle are loaded through. */
export function bundleRoots({ bundle, queue }: GuardFacts): BundleRoot[] {
  const { processors = [], sandbox, jobOf, isolationOf } = queue.worker ?? {};
  const ofProcessors = processors
    .filter((file) => bundle.nodes.has(file))
    .map((file) => ({
      kind: 'processor' as const,
      name: jobOf?.(file) ?? parse(file).name.replace(/\.processor$/, ''),
      file,
      isolation: isolationOf?.(file),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const jobs = new Set(ofProcessors.map(({ name }) => name));
  const ofEntries = bundle.entries.map((file) => {
    const { name, base } = parse(file);
    return {
      kind: file === sandbox ? ('sandbox' as const) : ('start' as const),
      // A job may be called `main`; none has a dot in its name.
      name: jobs.has(name) ? base : name,
      file,
    };
  });
  return [...ofEntries, ...ofProcessors];
}
