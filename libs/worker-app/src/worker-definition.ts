import type { ProcessorRegistry } from '@libs/queue/consumer';

/** What tells one worker of the workspace from the others. */
export interface WorkerDefinition {
  /** The name of its project, which its log lines and its connections show, and which its variables begin with. */
  readonly name: string;
  /** The port that serves its health endpoints by default. Each worker has one of its own, so that all run on one machine. */
  readonly port: number;
  /** Its processors, in the file that `nx sync` keeps. */
  readonly processors: ProcessorRegistry;
}

/** The names of the variables that each worker has for itself: `MEDIA_HTTP` of the worker `media`. */
export interface WorkerVariables {
  /** Which processors it runs. */
  readonly processors: string;
  /** The port that serves its health endpoints. */
  readonly http: string;
  /** Whether there is a page of queues on that port. */
  readonly page: string;
}

export function workerVariables(name: string): WorkerVariables {
  const prefix = name.replaceAll(/[^A-Za-z0-9]+/g, '_').toUpperCase();
  return {
    processors: `${prefix}_PROCESSORS`,
    http: `${prefix}_HTTP`,
    page: `${prefix}_QUEUE_PAGE`,
  };
}
