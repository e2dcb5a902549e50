/** An application that `npm start` runs. */
export interface StartedApp {
  /** Its name in Nx. */
  project: string;
  /** The port of GET /health/ready: its variable, and the default. */
  port: { variable: string; default: number };
}

// The only place that names this workspace's applications. Their project.json defines how to serve them.

/** The application whose address and first job `npm start` prints. */
export const API: StartedApp = { project: 'api', port: { variable: 'PORT', default: 3000 } };

export const APPS: readonly StartedApp[] = [
  API,
  { project: 'worker', port: { variable: 'WORKER_HTTP', default: 3001 } },
];

/**
 * `undefined` if it listens on none (`WORKER_HTTP=off`), or if the value is invalid, which the application
 * reports better.
 */
export function portOf({ port }: StartedApp, env: NodeJS.ProcessEnv): number | undefined {
  const value = Number(env[port.variable] || port.default);
  return Number.isInteger(value) && value > 0 && value < 65_536 ? value : undefined;
}
