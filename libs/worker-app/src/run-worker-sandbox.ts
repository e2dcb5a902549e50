import 'reflect-metadata';
import { exitWithReason } from '@libs/config';
import { runSandbox } from '@libs/queue/consumer';
import { createSandbox } from './create-sandbox';
import type { WorkerDefinition } from './worker-definition';

/** What the sandboxes of a worker's isolated processors run, one processor each. The worker starts them. */
export function runWorkerSandbox(worker: WorkerDefinition): void {
  try {
    runSandbox({
      registry: worker.processors,
      createContext: (processor, name) => createSandbox(worker, processor, name),
    });
  } catch (error) {
    exitWithReason(error);
  }
}
