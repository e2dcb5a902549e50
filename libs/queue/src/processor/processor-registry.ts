import {
  DuplicateProcessorError,
  ProcessorMissingError,
  ProcessorNameMismatchError,
  UnknownProcessorError,
} from './processor-registry.errors';
import { isProcessorClass, type ProcessorClass } from './processor-class';
import { contractOf } from './processor-metadata';

/**
 * The processors that a worker process can run: job names, and functions that load the modules exporting
 * the processors. Lives in a generated file; no processor is loaded before it is selected.
 */
export type ProcessorRegistry = Readonly<Record<string, () => Promise<unknown>>>;

/** Which processors of a registry to load. */
export interface ProcessorSelection {
  /** Names of processors. Undefined or empty: all of them. */
  readonly select?: readonly string[];
  /** Where `select` was configured, such as the name of a variable; for the error. */
  readonly selectedBy?: string;
}

/**
 * Loads only the selected processors.
 *
 * @throws UnknownProcessorError for a name missing from the registry.
 * @throws ProcessorMissingError for a module that exports no processor.
 * @throws DuplicateProcessorError for a job with two processors.
 * @throws ProcessorNameMismatchError for a processor whose job differs from its registry entry.
 */
export async function loadProcessors(
  registry: ProcessorRegistry,
  { select = [], selectedBy }: ProcessorSelection = {},
): Promise<ProcessorClass[]> {
  const known = Object.keys(registry);
  const unknown = select.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new UnknownProcessorError(unknown, known, selectedBy);

  const names = select.length === 0 ? known : known.filter((name) => select.includes(name));
  const loaded = await Promise.all(names.map((name) => loadEntry(registry, name)));
  const entries = loaded.flat();
  requireDistinctJobs(entries.map(({ processor }) => processor));
  for (const { name, processor } of entries) {
    const job = contractOf(processor).name;
    if (job !== name) throw new ProcessorNameMismatchError(name, processor.name, job);
  }
  return entries.map(({ processor }) => processor);
}

async function loadEntry(registry: ProcessorRegistry, name: string) {
  const exported: unknown = await registry[name]?.();
  const values: unknown[] = typeof exported === 'object' && exported ? Object.values(exported) : [];
  // A class exported twice, such as also by default, is one processor.
  const processors = [...new Set(values.filter(isProcessorClass))];
  if (processors.length === 0) throw new ProcessorMissingError(name);
  return processors.map((processor) => ({ name, processor }));
}

function requireDistinctJobs(processors: readonly ProcessorClass[]): void {
  const byJob = new Map<string, ProcessorClass>();
  for (const processor of processors) {
    const job = contractOf(processor).name;
    const other = byJob.get(job);
    if (other !== undefined) throw new DuplicateProcessorError(job, other.name, processor.name);
    byJob.set(job, processor);
  }
}
