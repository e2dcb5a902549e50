import { posix } from 'node:path';
import type { Finding } from '../finding';
import type { Edge, GuardFacts } from '../facts';
import { bundledEdges, chainThrough } from '../facts';

/**
 * Rule 3, for a worker: what belongs to a processor is reached only through its entry in the registry.
 * Otherwise it would be loaded also where that processor is not selected.
 */
export function checkProcessors(facts: GuardFacts): Finding[] {
  const { worker } = facts.queue;
  if (!worker) return [];
  const units = worker.processors.map((file) => processorUnit(file, worker.processors));
  const unitOf = (path: string): ProcessorUnit | undefined =>
    units.find(({ contains }) => contains(path));

  const findings = new Map<string, Finding>();
  for (const edge of bundledEdges(facts)) {
    const target = unitOf(edge.to.path);
    const source = unitOf(edge.from.path);
    if (!target || target === source) continue;
    const isRegistered = edge.from.path === worker.registry && edge.isLazy;
    const key = `${source?.name} ${target.name}`;
    if (isRegistered || findings.has(key)) continue;
    findings.set(key, outsideRegistry(facts, edge, source, target));
  }
  return [...findings.values()];
}

interface ProcessorUnit {
  name: string;
  contains: (path: string) => boolean;
}

/** A processor and what lies in its folder, unless it shares that folder with another one. */
function processorUnit(file: string, all: readonly string[]): ProcessorUnit {
  const name = posix.basename(file).replace(/\.processor\.[jt]s$/, '');
  const folder = posix.dirname(file);
  const sharesFolder = all.some((other) => other !== file && other.startsWith(`${folder}/`));
  return {
    name,
    contains: (path) => path === file || (!sharesFolder && path.startsWith(`${folder}/`)),
  };
}

function outsideRegistry(
  facts: GuardFacts,
  edge: Edge,
  source: ProcessorUnit | undefined,
  target: ProcessorUnit,
): Finding {
  return {
    rule: 'processor-outside-registry',
    problem: source
      ? `The processor "${source.name}" imports code of the processor "${target.name}". A worker that runs only "${source.name}" would load both.`
      : `${edge.from.path} imports code of the processor "${target.name}". ${whoWouldLoad(facts, edge, target)}`,
    remedy: `Move what both need out of the processor's folder: beside it if only this worker needs it, into a library otherwise.`,
    chain: chainThrough(facts, edge),
  };
}

/** What the children of isolated processors run is an entry of its own: a worker does not load it. */
function whoWouldLoad(
  { bundle, queue }: GuardFacts,
  { from }: Edge,
  { name }: ProcessorUnit,
): string {
  const sandbox = queue.worker?.sandbox;
  const starts = bundle.entries.filter((entry) => entry !== sandbox);
  const isOfWorker = bundle.shortestChain((node) => node === from, { from: starts }).length > 0;
  return isOfWorker
    ? `Every worker would load it, also one that does not run "${name}".`
    : `The child of every isolated processor would load it, also where that is not "${name}".`;
}

/** Rule 3, for everything else: the code that runs jobs is a worker's. */
export function checkProducer(facts: GuardFacts): Finding[] {
  const { worker, consumerEntry } = facts.queue;
  const entry = consumerEntry === undefined ? undefined : facts.bundle.nodes.get(consumerEntry);
  if (worker || !entry) return [];
  for (const from of facts.bundle.nodes.values()) {
    const found = from.imports.find(({ target }) => target === entry.path);
    if (!found) continue;
    return [
      {
        rule: 'consumer-in-producer',
        problem: `${from.path} imports "${found.specifier}", the part of the job runtime that runs jobs. "${facts.app.name}" is no worker: it only adds jobs.`,
        remedy: `Import from the runtime's other entry, or move this code into a worker's processor.`,
        chain: chainThrough(facts, { from, to: entry, ...found }),
      },
    ];
  }
  return [];
}
