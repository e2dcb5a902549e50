import { resourceName } from '../deployments';
import type { KubernetesSettings } from '../settings';
import {
  API_METRICS,
  API_REPLICAS,
  COMPONENT,
  indented,
  METRICS_PORT,
  NAME,
  PART_OF,
  SHUTDOWN_DEADLINE,
  SHUTDOWN_DELAY,
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

/** The api: its Deployment, its Services and its budget of disruption. */
export function apiManifest({ api, applications, namespace }: KubernetesSettings): string {
  const name = resourceName(api.project);
  const image = api.project;
  const { stopping } = applications;
  const grace = SHUTDOWN_DELAY + SHUTDOWN_DEADLINE + stopping.api + SPARE;
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  # KEDA asks the api how much there is to do, so one more than it takes.
  replicas: ${API_REPLICAS}
  revisionHistoryLimit: 3
  strategy:
    rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }
  selector: { matchLabels: { ${NAME}: ${name} } }
  template:
    metadata:
      labels:
        ${NAME}: ${name}
        ${PART_OF}: ${namespace}
        ${COMPONENT}: api
    spec:
      ${indented(6, POD_SECURITY)}
      # SHUTDOWN_DELAY ${SHUTDOWN_DELAY} + SHUTDOWN_DEADLINE ${SHUTDOWN_DEADLINE} + closing ${stopping.api} + ${SPARE}: change it with those two variables.
      terminationGracePeriodSeconds: ${grace}
      ${indented(6, spread(name))}
      ${indented(6, awaitMigrations(image, applications.api))}
      containers:
        - name: app
          image: ${image}:unset
          ports:
            - { name: http, containerPort: ${api.port} }
            - { name: metrics, containerPort: ${METRICS_PORT} }
          envFrom:
            - configMapRef: { name: common-config }
            - configMapRef: { name: ${name}-config }
          ${indented(10, secretEnvironment(applications.api))}
          resources:
            requests: { cpu: 100m, memory: 512Mi }
            limits: { memory: 512Mi }
          ${indented(10, probes('http'))}
          # No preStop: after SIGTERM the api turns unready and takes requests for SHUTDOWN_DELAY more.
          ${indented(10, CONTAINER_SECURITY)}
          ${indented(10, WRITABLE.mount)}
      ${indented(6, WRITABLE.volume)}
---
apiVersion: v1
kind: Service
metadata:
  name: ${name}
spec:
  selector: { ${NAME}: ${name} }
  ports:
    - { name: http, port: 80, targetPort: http }
---
# Apart from the other one, which somebody may publish. Without its network policy everybody in the cluster can read it.
apiVersion: v1
kind: Service
metadata:
  name: ${API_METRICS}
  labels: { ${NAME}: ${name} }
spec:
  selector: { ${NAME}: ${name} }
  ports:
    - { name: metrics, port: ${METRICS_PORT}, targetPort: metrics }
---
${disruptionBudget(name)}
`;
}
