/** The Secret that the processes take their URLs and tokens from, by the names of the variables. Never written here. */
export const SECRET = 'job-secrets';

/** What all objects have in common: network policies select by it. */
export const PART_OF = 'app.kubernetes.io/part-of';

export const NAME = 'app.kubernetes.io/name';

/** Whether a pod is of the api, of a worker, or of the Job that migrates. */
export const COMPONENT = 'app.kubernetes.io/component';

/** The port that serves the metrics and the load of queues. */
export const METRICS_PORT = 9464;

/** The Service by which KEDA and Prometheus reach the metrics of the api. */
export const API_METRICS = 'api-metrics';

/** In seconds: the value of SHUTDOWN_DEADLINE in the base. */
export const SHUTDOWN_DEADLINE = 25;

/** In seconds: the value of SHUTDOWN_DELAY in the base, in which load balancers and proxies forget a pod. */
export const SHUTDOWN_DELAY = 5;

/** In seconds: what the grace period is longer than the longest shutdown. */
export const SPARE = 1;

/** How many pods of the api there are. */
export const API_REPLICAS = 2;

/** Puts `spaces` before every line of a text but the first. */
export function indented(spaces: number, text: string): string {
  return text.replaceAll('\n', `\n${' '.repeat(spaces)}`);
}
