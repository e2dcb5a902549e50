import type { ServedProject } from '@tools/queue/serve';

/** An application that `npm start` runs. */
export interface StartedApp {
  /** Its name in Nx. */
  project: string;
  /** The port of GET /health/ready: its variable, and the default. Undefined: it has none. */
  port: { variable: string; default: number } | undefined;
}

/** The application whose address and first job `npm start` prints: the only one that is known by its name. */
export const API: StartedApp = { project: 'api', port: { variable: 'PORT', default: 3000 } };

/** A project with this tag is a worker. */
const WORKER_TAG = 'queue:worker';

/** The part of the options of a target `build` that says where an application serves its health. */
interface BuildOptions {
  image?: { port: number; portVariable: string };
}

/** The api, and every worker of the workspace by its name. */
export function startedApps(projects: Readonly<Record<string, ServedProject>>): StartedApp[] {
  const workers = Object.entries(projects).filter(([, { tags }]) => tags?.includes(WORKER_TAG));
  return [
    API,
    ...workers
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([project, { targets }]): StartedApp => {
        // Nx checks it against the schema of the executor.
        const { image } = (targets?.['build']?.options ?? {}) as BuildOptions;
        return { project, port: image && { variable: image.portVariable, default: image.port } };
      }),
  ];
}

/**
 * `undefined` if it listens on none (`WORKER_HTTP=off`), or if the value is invalid, which the application
 * reports better.
 */
export function portOf({ port }: StartedApp, env: NodeJS.ProcessEnv): number | undefined {
  if (port === undefined) return undefined;
  const value = Number(env[port.variable] || port.default);
  return Number.isInteger(value) && value > 0 && value < 65_536 ? value : undefined;
}
