import { hostname } from 'node:os';

/** What tells workers apart: the machine, which is a pod's name in Kubernetes, and the process, such as `web-1:4711`. */
export function workerName(): string {
  return `${hostname()}:${process.pid}`;
}
