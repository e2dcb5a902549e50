import { dieWithParent } from './die-with-parent';
import { parentChannel } from './parent-channel';
import type { RunSandboxOptions } from './run-sandbox-options';
import { SandboxRunner } from './sandbox-runner';

/**
 * Runs the isolated processor that the worker requests. The entry file of a child only calls this.
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
  // Includes unhandled rejections.
  process.on('uncaughtException', (error) => {
    runner.crash(error);
  });
  parent.listen((message) => {
    runner.receive(message);
  });
}
