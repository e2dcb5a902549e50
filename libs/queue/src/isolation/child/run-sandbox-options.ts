import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import type { ProcessorRegistry } from '../../processor/processor-registry';

export interface RunSandboxOptions {
  /** The worker's registry. Only one entry is loaded. */
  readonly registry: ProcessorRegistry;
  /**
   * Creates the child's Nest application context, once: the processor's module, and the global modules that
   * it may inject from. Pass `abortOnError: false`, so that a failure is reported to the worker.
   *
   * @param processor the module of the processor, to import
   * @param name the processor's name, for a log or `pg_stat_activity`
   */
  createContext(processor: DynamicModule, name: string): Promise<INestApplicationContext>;
}
