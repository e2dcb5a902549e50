import { type WorkerDeployment } from '../deployments';
import type { KubernetesSettings, Variable } from '../settings';
import { API_REPLICAS, METRICS_PORT, SHUTDOWN_DEADLINE, SHUTDOWN_DELAY } from './names';

/** What the base sets, if an application knows it; two belong to each worker by its own name. */
export const SET_VARIABLES: readonly string[] = [
  'LOG_FORMAT',
  'METRICS_HTTP',
  'SHUTDOWN_DEADLINE',
  'SHUTDOWN_DELAY',
  'DATABASE_POOL_MAX',
  'QUEUE_POOL_MAX',
  'REPLICAS',
  'NAME_HTTP',
  'NAME_PROCESSORS',
];

/** A variable, with what a reader should know about its value. */
interface Entry {
  readonly name: string;
  readonly value: string | number;
  readonly why?: string;
}

/** What api and workers have in common. */
export function commonEnvironment({ applications: { api, worker } }: KubernetesSettings): string {
  const entries: Entry[] = [
    { name: 'LOG_FORMAT', value: 'json' },
    {
      name: 'METRICS_HTTP',
      value: METRICS_PORT,
      why: 'KEDA asks this port of the api for the load of queues.',
    },
    {
      name: 'SHUTDOWN_DEADLINE',
      value: `${SHUTDOWN_DEADLINE}s`,
      why: 'terminationGracePeriodSeconds is computed from it.',
    },
    {
      name: 'DATABASE_POOL_MAX',
      value: 4,
      why: 'Small pools: two pods of the api, five workers and one more of each while it is replaced fit into the 100 connections of a Postgres by default.',
    },
    { name: 'QUEUE_POOL_MAX', value: 3 },
  ];
  return format([
    ...entries.filter(({ name }) => [api, worker].every((all) => knows(all, name))),
    {
      name: 'NODE_OPTIONS',
      value: '--max-old-space-size=384',
      why: 'Three quarters of the memory limit of a container.',
    },
  ]);
}

/** What the api alone has. */
export function apiEnvironment({ api, applications }: KubernetesSettings): string {
  const entries: Entry[] = [
    { name: api.portVariable, value: api.port },
    { name: 'REPLICAS', value: API_REPLICAS, why: 'The replicas of its Deployment.' },
    {
      name: 'SHUTDOWN_DELAY',
      value: `${SHUTDOWN_DELAY}s`,
      why: 'Requests still arrive for so long after the pod is told to stop. terminationGracePeriodSeconds is computed from it.',
    },
  ];
  return format(entries.filter(({ name }) => knows(applications.api, name)));
}

/** What one Deployment of a worker has. */
export function workerEnvironment(
  { prefix, port, selected }: WorkerDeployment,
  { maxReplicas, applications }: KubernetesSettings,
): string {
  const known = applications.worker.map((variable) => ({
    ...variable,
    name: variable.name.replace(/^NAME_/, prefix),
  }));
  const entries: Entry[] = [
    { name: `${prefix}HTTP`, value: port },
    ...(selected === undefined ? [] : [{ name: `${prefix}PROCESSORS`, value: selected }]),
    { name: 'REPLICAS', value: maxReplicas, why: 'maxReplicaCount of its ScaledObject.' },
  ];
  return format(entries.filter(({ name }) => knows(known, name)));
}

function knows(variables: readonly Variable[], name: string): boolean {
  return variables.some((variable) => variable.name === name);
}

function format(entries: readonly Entry[]): string {
  return entries
    .map(({ name, value, why }) => `${why === undefined ? '' : `# ${why}\n`}${name}=${value}\n`)
    .join('');
}
