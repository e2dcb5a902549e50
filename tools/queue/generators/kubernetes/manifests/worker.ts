import type { WorkerDeployment } from '../deployments';
import type { KubernetesSettings } from '../settings';
import {
  COMPONENT,
  indented,
  METRICS_PORT,
  NAME,
  PART_OF,
  SHUTDOWN_DEADLINE,
  SPARE,
} from './names';
import {
  awaitMigrations,
  CONTAINER_SECURITY,
  disruptionBudget,
  POD_SECURITY,
  probes,
  secretEnvironment,
  spread,
  WRITABLE,
} from './pod';
import { scaledObject } from './scaled-object';

/** One Deployment of a worker, with all that belongs to it. */
export function workerManifest(deployment: WorkerDeployment, settings: KubernetesSettings): string {
  const { name, worker, port } = deployment;
  const { api, applications, namespace } = settings;
  const { stopping } = applications;
  const grace = SHUTDOWN_DEADLINE + stopping.worker + SPARE;
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  # No replicas: the ScaledObject below says how many.
  revisionHistoryLimit: 3
  strategy:
    rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }
  selector: { matchLabels: { ${NAME}: ${name} } }
  template:
    metadata:
      labels:
        ${NAME}: ${name}
        ${PART_OF}: ${namespace}
        ${COMPONENT}: worker
    spec:
      ${indented(6, POD_SECURITY)}
      # SHUTDOWN_DEADLINE ${SHUTDOWN_DEADLINE} + closing ${stopping.worker} + ${SPARE}: change it with that variable.
      terminationGracePeriodSeconds: ${grace}
      ${indented(6, spread(name))}
      ${indented(6, awaitMigrations(api.project, applications.api))}
      containers:
        - name: app
          image: ${worker}:unset
          ports:
            - { name: health, containerPort: ${port} }
            - { name: metrics, containerPort: ${METRICS_PORT} }
          envFrom:
            - configMapRef: { name: common-config }
            - configMapRef: { name: ${name}-config }
          ${indented(10, secretEnvironment(applications.worker))}
          resources:
            requests: { cpu: 100m, memory: 512Mi }
            limits: { memory: 512Mi }
          ${indented(10, probes('health'))}
          # No preStop: nothing sends requests to a worker, and SIGTERM ends its jobs in order.
          ${indented(10, CONTAINER_SECURITY)}
          ${indented(10, WRITABLE.mount)}
      ${indented(6, WRITABLE.volume)}
---
# Without an address of its own, so that Prometheus finds each pod.
apiVersion: v1
kind: Service
metadata:
  name: ${name}
  labels: { ${NAME}: ${name} }
spec:
  clusterIP: None
  selector: { ${NAME}: ${name} }
  ports:
    - { name: metrics, port: ${METRICS_PORT}, targetPort: metrics }
---
${disruptionBudget(name)}
${deployment.queues.length === 0 ? '' : `---\n${scaledObject(deployment, settings)}\n`}`;
}
