import { type Contract, findWorker, listProcessors, type QueueWorkspace } from '../workspace/index';

/** The contracts of the jobs that a worker runs. */
export function contractsOfWorker(workspace: QueueWorkspace, worker: string): Contract[] {
  const processors = listProcessors(workspace, findWorker(workspace, worker));
  return [...new Set(processors.flatMap(({ contract }) => contract ?? []))];
}
