import { resourceName } from '../deployments';
import type { KubernetesSettings } from '../settings';
import { COMPONENT, indented, METRICS_PORT, NAME, PART_OF } from './names';
import { CONTAINER_SECURITY, migrationVariables, POD_SECURITY, secretEnvironment } from './pod';

/** The Job that applies the migrations of a release. */
export function migrationManifest({ api, applications, namespace }: KubernetesSettings): string {
  return `apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations:
    # A Job cannot be changed, so the one of the release before is replaced. With kubectl: delete it before you apply.
    argocd.argoproj.io/hook: Sync
    argocd.argoproj.io/hook-delete-policy: BeforeHookCreation
    kustomize.toolkit.fluxcd.io/force: enabled
spec:
  backoffLimit: 6
  template:
    metadata:
      labels:
        ${NAME}: migrate
        ${PART_OF}: ${namespace}
        ${COMPONENT}: migrate
    spec:
      restartPolicy: OnFailure
      ${indented(6, POD_SECURITY)}
      containers:
        - name: app
          image: ${api.project}:unset
          command: [node, migrate.js]
          ${indented(10, secretEnvironment(migrationVariables(applications.api)))}
          resources:
            requests: { cpu: 50m, memory: 128Mi }
            limits: { memory: 256Mi }
          ${indented(10, CONTAINER_SECURITY)}
`;
}

/** Who may reach whom. What is not said here is refused, where the network of the cluster has policies. */
export function networkManifest({ api, namespace }: KubernetesSettings): string {
  const all = `{ matchLabels: { ${PART_OF}: ${namespace} } }`;
  return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: deny-by-default
spec:
  podSelector: ${all}
  policyTypes: [Ingress, Egress]
---
# Names, and the tables. A component of an overlay adds Redis.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow-dns-and-postgres
spec:
  podSelector: ${all}
  policyTypes: [Egress]
  egress:
    - ports:
        - { protocol: UDP, port: 53 }
        - { protocol: TCP, port: 53 }
        - { protocol: TCP, port: 5432 }
---
# What jobs call (HTTPS, mail), and the collector of traces. Narrow or widen it in an overlay.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow-outside
spec:
  podSelector: ${all}
  policyTypes: [Egress]
  egress:
    - ports:
        - { protocol: TCP, port: 443 }
        - { protocol: TCP, port: 465 }
        - { protocol: TCP, port: 587 }
        - { protocol: TCP, port: 4318 }
---
# From everywhere: in an overlay, name the namespace of your ingress.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow-requests
spec:
  podSelector: { matchLabels: { ${NAME}: ${resourceName(api.project)} } }
  policyTypes: [Ingress]
  ingress:
    - ports: [{ protocol: TCP, port: http }]
---
# KEDA asks for the load of queues; Prometheus scrapes.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow-metrics
spec:
  podSelector: ${all}
  policyTypes: [Ingress]
  ingress:
    - from:
        - namespaceSelector:
            matchExpressions:
              - { key: kubernetes.io/metadata.name, operator: In, values: [keda, monitoring] }
      ports: [{ protocol: TCP, port: ${METRICS_PORT} }]
`;
}
