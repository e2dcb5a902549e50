/** An application that `npm start` runs. */
export interface StartedApp {
  /** Its name in Nx. */
  project: string;
  /** Where it answers GET /health/ready: the variable that says so, and what it is by default. */
  port: { variable: string; default: number };
}

// The one place that names this workspace's applications. How they are served is in their project.json.

/** The one whose address and first job npm start prints. */
export const API: StartedApp = { project: 'api', port: { variable: 'PORT', default: 3000 } };

export const APPS: readonly StartedApp[] = [
  API,
  { project: 'worker', port: { variable: 'WORKER_HTTP', default: 3001 } },
];

/** `undefined` if it listens on none (`WORKER_HTTP=off`), or if the value is wrong, which the application tells better. */
export function portOf({ port }: StartedApp, env: NodeJS.ProcessEnv): number | undefined {
  const value = Number(env[port.variable] || port.default);
  return Number.isInteger(value) && value > 0 && value < 65_536 ? value : undefined;
}
