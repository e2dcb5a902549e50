import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProcessorClass } from '../../processor/processor-class';
import { WORKER_EVENT_METADATA } from '../../bullmq/internals';
import { getProcessorMetadata } from '../../processor/processor-metadata';
import { TransactionalJobHost } from '../../processor/transactional-job-host';
import { TransactionalProcessorError } from '../../processor/transactional-processor.error';
import { IsolatedEventsError, SandboxMissingError } from './with-sandboxes.errors';
import { sandboxedHost } from './sandboxed-host';

/** The program of isolated processors' children. */
export interface SandboxEntry {
  /**
   * The file they run, which calls `runSandbox`: `new URL('./sandbox.js', import.meta.url)`. For tests,
   * `false` runs isolated processors in this process like any other.
   */
  readonly sandbox?: URL | false;
}

/**
 * Replaces each isolated processor with a host that runs it in sandboxes.
 *
 * @throws SandboxMissingError if there are any, but no file to run.
 * @throws IsolatedEventsError for a processor that listens to its worker.
 * @throws TransactionalProcessorError for one that completes its jobs in its own transactions: in a sandbox it has no lock.
 */
export function withSandboxes(
  processors: readonly ProcessorClass[],
  entry: URL | false | undefined,
): readonly ProcessorClass[] {
  const isolated = processors.filter(isIsolated);
  isolated.forEach(refuseTransactions);
  if (entry === false || isolated.length === 0) return processors;
  const names = isolated.map(({ name }) => name);
  if (entry === undefined) throw new SandboxMissingError(names);
  const file = fileURLToPath(entry);
  if (!existsSync(file)) throw new SandboxMissingError(names, relative('', file));
  isolated.forEach(refuseEvents);
  return processors.map((processor) =>
    isIsolated(processor) ? sandboxedHost(processor, entry) : processor,
  );
}

function isIsolated(processor: ProcessorClass): boolean {
  return getProcessorMetadata(processor)?.isolation !== undefined;
}

function refuseTransactions({ name, prototype }: ProcessorClass): void {
  if (prototype instanceof TransactionalJobHost) {
    throw new TransactionalProcessorError(name, 'it is isolated');
  }
}

function refuseEvents({ name, prototype }: ProcessorClass): void {
  const methods: string[] = [];
  for (
    let at = prototype as object;
    at !== Object.prototype;
    at = Reflect.getPrototypeOf(at) ?? {}
  ) {
    for (const [method, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      const isFunction = typeof value === 'function';
      if (isFunction && Reflect.hasMetadata(WORKER_EVENT_METADATA, value as object))
        methods.push(method);
    }
  }
  if (methods.length > 0) throw new IsolatedEventsError(name, methods);
}
