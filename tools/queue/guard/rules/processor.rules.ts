import { posix } from 'node:path';
import type { BundleEdge } from '../bundle-graph';
import type { GuardFacts } from '../facts';
import type { Breach } from './breach';
import { breachesOf } from './breach';

/**
 * Rule 3, for a worker: what belongs to a processor is reached only through its entry in the registry.
 * Otherwise it would be loaded also where that processor is not selected.
 */
export function checkProcessors(facts: GuardFacts): Breach[] {
  const { worker } = facts.queue;
  if (!worker) return [];
  const units = worker.processors.map((file) => processorUnit(file, worker.processors));
  const unitOf = (path: string): ProcessorUnit | undefined =>
    units.find(({ contains }) => contains(path));
  return breachesOf(
    facts.bundle.edges.filter(({ from, isLazy }) => !(from.path === worker.registry && isLazy)),
    ({ from, to }) => `${unitOf(from.path)?.name} ${unitOf(to.path)?.name}`,
    (edge) => {
      const source = unitOf(edge.from.path);
      const target = unitOf(edge.to.path);
      if (!target || target === source) return undefined;
      return source
        ? betweenProcessors(edge, source, target)
        : outsideRegistry(facts, edge, target);
    },
  );
}

interface ProcessorUnit {
  name: string;
  contains: (path: string) => boolean;
}

/** A processor and what lies in its folder, unless it shares that folder with another one. */
function processorUnit(file: string, all: readonly string[]): ProcessorUnit {
  const name = posix.basename(file).replace(/\.processor\.[jt]sx?$/, '');
  const folder = posix.dirname(file);
  const sharesFolder = all.some((other) => other !== file && other.startsWith(`${folder}/`));
  return {
    name,
    contains: (path) => path === file || (!sharesFolder && path.startsWith(`${folder}/`)),
  };
}

function betweenProcessors(
  edge: BundleEdge,
  source: ProcessorUnit,
  target: ProcessorUnit,
): Omit<Breach, 'key'> {
  return {
    rule: 'processor-outside-registry',
    problem: `The processor "${source.name}" imports code of the processor "${target.name}". A worker that runs only "${source.name}" would load both.`,
    remedy: MOVE_OUT,
    at: edge,
    path: edge.from.path,
  };
}

function outsideRegistry(
  facts: GuardFacts,
  edge: BundleEdge,
  target: ProcessorUnit,
): Omit<Breach, 'key'> {
  return {
    rule: 'processor-outside-registry',
    problem: `${edge.from.path} imports code of the processor "${target.name}". ${whoWouldLoad(facts, edge, target)}`,
    remedy: MOVE_OUT,
    at: edge,
    path: edge.from.path,
  };
}

const MOVE_OUT = `Move the shared code out of the processor's folder: next to it if only this worker needs it, otherwise into a library.`;

/** What the children of isolated processors run is an entry of its own: a worker does not load it. */
function whoWouldLoad(
  { bundle, queue }: GuardFacts,
  { from }: BundleEdge,
  { name }: ProcessorUnit,
): string {
  const sandbox = queue.worker?.sandbox;
  const starts = bundle.entries.filter((entry) => entry !== sandbox);
  const isOfWorker = bundle.shortestChain((node) => node === from, { from: starts }).length > 0;
  return isOfWorker
    ? `Every worker would load it, even one that does not run "${name}".`
    : `Every sandbox would load it, even that of another processor than "${name}".`;
}

/** Rule 3, for everything else: the code that runs jobs is a worker's. */
export function checkProducer(facts: GuardFacts): Breach[] {
  const { worker, consumerEntry } = facts.queue;
  if (worker) return [];
  return importsOf(facts, consumerEntry).map((edge) => ({
    rule: 'consumer-in-producer',
    problem: `${edge.from.path} imports "${edge.specifier}", the part of the job runtime that runs jobs. "${facts.app.name}" is not a worker: it only adds jobs.`,
    remedy: `Import from the runtime's main entry, or move this code into a processor of a worker.`,
    at: edge,
    path: edge.from.path,
    key: '',
  }));
}

/** Rule 3, for all: what tests use of the runtime puts a store into memory, and must not ship. */
export function checkTestsOnly(facts: GuardFacts): Breach[] {
  return importsOf(facts, facts.queue.testingEntry).map((edge) => ({
    rule: 'tests-only',
    problem: `${edge.from.path} imports "${edge.specifier}", the part of the job runtime for tests: its queues are in memory, and its jobs are lost with the process.`,
    remedy: `Import it only from tests (*.spec.ts).`,
    at: edge,
    path: edge.from.path,
    key: '',
  }));
}

/** The imports of a file that the bundle has; none if it does not have it. */
function importsOf({ bundle }: GuardFacts, path: string | undefined): BundleEdge[] {
  return bundle.edges.filter(({ to }) => to.path === path);
}
