import {
  type Contract,
  listContracts,
  listProcessors,
  type Project,
  type QueueWorkspace,
} from '../../workspace/index';
import { workerPort } from '../../workspace/inferred-targets.cjs';
import { variableOf } from '../plan/processor-variables';
import type { KubernetesSettings } from './settings';

/** A queue that a Deployment works on. */
export interface ScaledQueue {
  readonly queue: string;
  /** How many of its jobs one pod runs at the same time; undefined: known only at run time. */
  readonly capacity: number | undefined;
}

/** A Deployment of a worker, with all of its processors or with one of them. */
export interface WorkerDeployment {
  readonly name: string;
  /** The project, which is also the name of the image. */
  readonly worker: string;
  readonly port: number;
  /** What the names of its own variables begin with. */
  readonly prefix: string;
  /** The one processor that it runs; undefined: all of them. */
  readonly selected: string | undefined;
  readonly queues: readonly ScaledQueue[];
  /** Whether it must not scale to zero: jobs of a schedule are added by a worker that is there. */
  readonly needsWorker: boolean;
}

/** Of a worker whose `worker.ts` names none. */
const DEFAULT_PORT = 3001;

/** The Deployments of all workers, in the order of their names. */
export function workerDeployments(
  workspace: QueueWorkspace,
  { split }: Pick<KubernetesSettings, 'split'>,
): WorkerDeployment[] {
  const contracts = listContracts(workspace);
  return workspace.workers.flatMap((worker) => deploymentsOf(workspace, worker, contracts, split));
}

function deploymentsOf(
  workspace: QueueWorkspace,
  worker: Project,
  contracts: readonly Contract[],
  split: readonly string[],
): WorkerDeployment[] {
  const processors = listProcessors(workspace, worker, contracts).flatMap(
    ({ contract, classes: [first] }) =>
      contract?.name === undefined
        ? []
        : [{ queue: contract.name, capacity: first?.capacity, needsWorker: contract.needsWorker }],
  );
  const sorted = processors.sort((a, b) => (a.queue < b.queue ? -1 : 1));
  const { port } = workerPort(worker, (path) => workspace.files.read(path, 'utf-8')) ?? {};
  const common = {
    worker: worker.name,
    port: port ?? DEFAULT_PORT,
    prefix: variableOf(worker, workspace.files).replace(/PROCESSORS$/, ''),
  };
  const deployment = (name: string, some: typeof sorted, selected: string | undefined) => ({
    ...common,
    name: resourceName(name),
    selected,
    queues: some.map(({ queue, capacity }) => ({ queue, capacity })),
    needsWorker: some.some(({ needsWorker }) => needsWorker),
  });
  if (!split.includes(worker.name)) return [deployment(worker.name, sorted, undefined)];
  return sorted.map((processor) =>
    deployment(`${worker.name}-${processor.queue}`, [processor], processor.queue),
  );
}

/** As Kubernetes names objects and labels. */
export function resourceName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, 52)
    .replaceAll(/^-+|-+$/g, '');
}
