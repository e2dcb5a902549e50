import type { WorkerDeployment } from '../deployments';
import { resourceName } from '../deployments';
import type { KubernetesSettings } from '../settings';
import { API_METRICS, SECRET } from './names';

/** The base: everything, with the queues in Postgres. */
export function baseKustomization(
  deployments: readonly WorkerDeployment[],
  { api, namespace }: KubernetesSettings,
): string {
  const names = [resourceName(api.project), ...deployments.map(({ name }) => name)];
  return `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: ${namespace}
resources:
  - network.yaml
  - migrate.yaml
${names.map((name) => `  - ${name}.yaml`).join('\n')}
# With the hash of its content in its name, so that a change of a variable replaces the pods.
configMapGenerator:
${['common', ...names].map((name) => `  - { name: ${name}-config, envs: [${name}.env] }`).join('\n')}
`;
}

/** A component for an overlay: the queues are in Redis, the tables stay in Postgres. */
export function redisComponent(): string {
  const env = (containers: string, name: string) => `            ${containers}:
              - name: ${name}
                env:
                  - name: QUEUE_URL
                    valueFrom:
                      secretKeyRef: { name: ${SECRET}, key: QUEUE_URL, optional: false }`;
  const patch = (kind: string, containers: string[]) => `  - target: { kind: ${kind} }
    patch: |
      kind: ${kind}
      metadata: { name: any }
      spec:
        template:
          spec:
${containers.join('\n')}`;
  const app = env('containers', 'app');
  return `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
resources:
  - network.yaml
# Without QUEUE_URL the queues would be in Postgres in silence: no pod starts without it.
patches:
${patch('Deployment', [env('initContainers', 'migrations'), app])}
${patch('Job', [app])}
`;
}

/** The network policy of that component. */
export function redisNetwork({ namespace }: KubernetesSettings): string {
  return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow-redis
spec:
  podSelector: { matchLabels: { app.kubernetes.io/part-of: ${namespace} } }
  policyTypes: [Egress]
  egress:
    - ports:
        - { protocol: TCP, port: 6379 }
        - { protocol: TCP, port: 26379 }
`;
}

/** An overlay to begin with. It is written once, and then its owner's. */
export function overlay(
  store: 'postgres' | 'redis',
  images: readonly string[],
  { namespace }: KubernetesSettings,
): string {
  return `# Yours: written once. Copy it for each environment. The base is kept by \`nx sync\`.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: ${namespace}
resources:
  - ../../base
${store === 'redis' ? 'components:\n  - ../../components/redis\n' : ''}# The images of a release: \`docker build -t … dist/apps/${images[0] ?? 'api'}\`.
images:
${images.map((name) => `  - { name: ${name}, newName: registry.example.com/${name}, newTag: '1' }`).join('\n')}
# KEDA asks the api from another namespace, so its address names this one.
replacements:
  - source: { kind: Service, name: ${API_METRICS}, fieldPath: metadata.namespace }
    targets:
      - select: { kind: ScaledObject }
        fieldPaths: [spec.triggers.*.metadata.url]
        options: { delimiter: '.', index: 1 }
`;
}

/** What the Deployments run, one each for a project. */
export function imagesOf(
  deployments: readonly WorkerDeployment[],
  { api }: KubernetesSettings,
): string[] {
  return [...new Set([api.project, ...deployments.map(({ worker }) => worker)])];
}
