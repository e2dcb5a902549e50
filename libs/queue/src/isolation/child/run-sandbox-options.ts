import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import type { ProcessorRegistry } from '../../processor/processor-registry';

export interface RunSandboxOptions {
  /** The worker's own. One entry of it is loaded. */
  readonly registry: ProcessorRegistry;
  /**
   * Makes the Nest application context of the child, once: the processor's module, and the global
   * modules that a processor may inject from. With `abortOnError: false`, so that the worker is told
   * why it fails.
   *
   * @param processor the module of the processor, to be imported
   * @param name the processor's name, for a log or `pg_stat_activity`
   */
  createContext(processor: DynamicModule, name: string): Promise<INestApplicationContext>;
}
