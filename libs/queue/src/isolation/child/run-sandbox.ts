import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import type { ProcessorRegistry } from '../../processor/processor-registry';
import { dieWithParent } from './die-with-parent';
import { parentChannel } from './parent-channel';
import { SandboxRunner } from './sandbox-runner';

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

/**
 * Runs the isolated processor that the worker asks for: all that the entry of a child does.
 *
 *     // sandbox.ts, beside main.ts
 *     await runSandbox({
 *       registry: processors,
 *       createContext: (processor) =>
 *         NestFactory.createApplicationContext(AppModule.for(processor), { abortOnError: false }),
 *     });
 *
 * @throws SandboxAloneError if it was not started by a worker.
 */
export function runSandbox(options: RunSandboxOptions): void {
  const parent = parentChannel();
  dieWithParent();
  const runner = new SandboxRunner(parent, options);
  // Rejections that nobody handles come here too.
  process.on('uncaughtException', (error) => {
    runner.crash(error);
  });
  parent.listen((message) => {
    runner.receive(message);
  });
}
