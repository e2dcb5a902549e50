import type { Variable } from '../settings';
import { indented, NAME, SECRET } from './names';

/** Of the whole pod: no root, no token of the cluster, no variables that Kubernetes makes of other Services. */
export const POD_SECURITY = `automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  seccompProfile: { type: RuntimeDefault }`;

/** Of each container: it writes nothing but to /tmp. */
export const CONTAINER_SECURITY = `securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }`;

/** The environment of a container that is secret: each variable from the Secret, by its own name. */
export function secretEnvironment(variables: readonly Variable[]): string {
  const secrets = variables.filter(({ isSecret }) => isSecret);
  const entries = secrets.map(({ name, required }) => {
    const optional = required ? '' : ', optional: true';
    return [
      `- name: ${name}`,
      '  valueFrom:',
      `    secretKeyRef: { name: ${SECRET}, key: ${name}${optional} }`,
    ].join('\n');
  });
  return `env:\n  ${indented(2, entries.join('\n'))}`;
}

/** Spreads the pods of one Deployment over zones and machines, as far as possible. */
export function spread(name: string): string {
  return `topologySpreadConstraints:
${['topology.kubernetes.io/zone', 'kubernetes.io/hostname']
  .map(
    (key) => `  - maxSkew: 1
    topologyKey: ${key}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: { matchLabels: { ${NAME}: ${name} } }
    matchLabelKeys: [pod-template-hash]`,
  )
  .join('\n')}`;
}

/**
 * The probes of a process: it is started and ready when its stores answer; it is alive as long as it answers at all. A job
 * that blocks the event loop is no reason to kill the process that runs it, so that takes a minute.
 *
 * @param port the name of the port that serves its health
 */
export function probes(port: string): string {
  return `startupProbe:
  httpGet: { path: /health/live, port: ${port} }
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: 60
readinessProbe:
  httpGet: { path: /health/ready, port: ${port} }
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 3
livenessProbe:
  httpGet: { path: /health/live, port: ${port} }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6`;
}

/** Waits until the Job "migrate" has done its work, so that no process starts on tables that it does not know. */
export function awaitMigrations(image: string, variables: readonly Variable[]): string {
  return `initContainers:
  # Until the Job "migrate" is done. It changes nothing itself.
  - name: migrations
    image: ${image}:unset
    command: [node, migrate.js, wait]
    ${indented(4, secretEnvironment(migrationVariables(variables)))}
    resources:
      requests: { cpu: 50m, memory: 128Mi }
      limits: { memory: 256Mi }
    ${indented(4, CONTAINER_SECURITY)}`;
}

/** Of the variables of the api, those that its migrations read. */
export function migrationVariables(variables: readonly Variable[]): Variable[] {
  return variables.filter(({ name }) => ['DATABASE_URL', 'QUEUE_URL'].includes(name));
}

/** The only place that a process can write to. */
export const WRITABLE = {
  mount: `volumeMounts:
  - { name: tmp, mountPath: /tmp }`,
  volume: `volumes:
  - name: tmp
    emptyDir: { sizeLimit: 128Mi }`,
};

/** A pod at a time may be evicted, also while there is only one. */
export function disruptionBudget(name: string): string {
  return `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: ${name}
spec:
  # Not minAvailable: with a single pod it would keep a node from ever being drained.
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector: { matchLabels: { ${NAME}: ${name} } }`;
}
