import type { ScaledQueue, WorkerDeployment } from '../deployments';
import type { KubernetesSettings } from '../settings';
import { API_METRICS, METRICS_PORT } from './names';

/**
 * Scales one Deployment of a worker by what is due in its queues. One trigger a queue: KEDA takes the one that asks for
 * most, so the pods are as many as the busiest queue can use, and never fewer than run its jobs now.
 */
export function scaledObject(
  { name, queues, needsWorker }: WorkerDeployment,
  { namespace, maxReplicas }: KubernetesSettings,
): string {
  const [least, why] = needsWorker
    ? [1, 'Not 0: a schedule adds its jobs only while a worker is there.']
    : [0, 'Down to none: what becomes due later starts the first pod again.'];
  return `apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: ${name}
spec:
  scaleTargetRef: { name: ${name} }
  pollingInterval: 15
  cooldownPeriod: 300
  # ${why}
  minReplicaCount: ${least}
  # With REPLICAS in ${name}-config: each process counts itself as one of as many.
  maxReplicaCount: ${maxReplicas}
  # If the api does not answer four times: what runs stays, and one pod runs in any case.
  fallback: { failureThreshold: 4, replicas: 1, behavior: currentReplicasIfHigher }
  advanced:
    # One without a ScaledObject works on.
    restoreToOriginalReplicaCount: true
    horizontalPodAutoscalerConfig:
      behavior:
        # A burst that is over within half a minute starts no pods.
        scaleUp:
          stabilizationWindowSeconds: 30
          selectPolicy: Max
          policies:
            - { type: Pods, value: 4, periodSeconds: 30 }
            - { type: Percent, value: 100, periodSeconds: 30 }
        # Slowly: a pod that goes lets its jobs finish, and requeues those that take longer.
        scaleDown:
          stabilizationWindowSeconds: 300
          policies:
            - { type: Percent, value: 50, periodSeconds: 60 }
  # One for each queue; the one that asks for most counts. The target is how many of its jobs one pod runs at the same time.
  triggers:
${queues.map((queue) => trigger(queue, namespace)).join('\n')}`;
}

function trigger({ queue, capacity }: ScaledQueue, namespace: string): string {
  const unknown =
    capacity === undefined
      ? '        # The source does not show how many jobs one pod runs: set it in an overlay.\n'
      : '';
  return `    - type: metrics-api
      name: ${queue}
      metricType: AverageValue
      metadata:
        url: http://${API_METRICS}.${namespace}.svc.cluster.local:${METRICS_PORT}/metrics/load/${queue}
        format: json
        valueLocation: load
${unknown}        targetValue: '${capacity ?? 1}'`;
}
