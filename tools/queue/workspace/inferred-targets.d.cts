/** The options of `@tools/queue/targets` in nx.json. */
export interface InferenceOptions {
  /** The tag of applications that are no workers, which get the targets `build`, `serve`, `report` and `why` too. */
  applications?: string;
  /** Whether the build of a worker also writes a Dockerfile. Default: false. */
  images?: boolean;
}

export interface InferredProject {
  root: string;
  sourceRoot?: string;
  tags?: string[];
}

export interface InferredTarget {
  executor?: string;
  command?: string;
  options?: Record<string, unknown>;
  dependsOn?: string[];
  metadata?: { technologies: string[]; description: string };
}

/** The port of a worker's health endpoints by default, and the variable that changes it. */
export interface WorkerPort {
  port: number;
  portVariable: string;
}

type Read = (path: string) => string | undefined | null;

export function inferTargets(
  project: InferredProject,
  read: Read,
  options?: InferenceOptions,
): Record<string, InferredTarget>;
export function inferenceOptions(nxJson: {
  plugins?: readonly (string | { plugin: string; options?: unknown })[];
}): InferenceOptions | undefined;
/** Undefined if `worker.ts` in its sources does not say so. */
export function workerPort(project: InferredProject, read: Read): WorkerPort | undefined;
