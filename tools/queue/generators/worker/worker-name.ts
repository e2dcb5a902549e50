import { names } from '@nx/devkit';
import { PluginError } from '../../workspace/index';

/**
 * The given name cannot name a worker, which is also the name of its project and its folder, and begins its variables.
 *
 * To do: use lower-case words joined by hyphens, such as media, and no name of another project.
 */
export class WorkerNameError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_WORKER_NAME';

  constructor(given: string, reason: string) {
    super(
      `"${given}" cannot be the name of a worker: ${reason}. Nothing was written. ` +
        'Use lower-case words joined by hyphens, such as media or send-mail.',
    );
  }
}

/** Leaves room for what is added to it in the names of connections, of which Postgres keeps 63 bytes. */
const MAX_LENGTH = 40;

/** Names whose variables, such as METRICS_HTTP, mean something to every worker. */
const TAKEN = new Set(['metrics']);

/**
 * The name of a worker from what a person typed: `sendMail` and `SendMail` mean `send-mail`, as elsewhere in Nx.
 *
 * @throws WorkerNameError
 */
export function workerName(given: string, projects: Iterable<string>): string {
  if (given.trim() === '') throw new WorkerNameError(given, 'it is empty');
  if (/[/\\]|\.\./.test(given)) {
    throw new WorkerNameError(given, 'it is a path; --directory takes one');
  }
  if (/\s/.test(given)) throw new WorkerNameError(given, 'it contains a space');
  const { fileName: name } = names(given);
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new WorkerNameError(given, 'it is not made of letters, digits and single hyphens');
  }
  if (name.length > MAX_LENGTH) {
    throw new WorkerNameError(
      given,
      `it has ${name.length} characters; the limit is ${MAX_LENGTH}`,
    );
  }
  if (TAKEN.has(name)) {
    const variable = `${name.toUpperCase()}_HTTP`;
    throw new WorkerNameError(given, `every worker has a variable ${variable}`);
  }
  for (const project of projects) {
    if (project.toLowerCase() === name) {
      throw new WorkerNameError(given, `this workspace has a project "${project}"`);
    }
  }
  return name;
}
