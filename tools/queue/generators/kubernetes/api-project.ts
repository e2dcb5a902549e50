import type { ProjectConfiguration } from '@nx/devkit';
import { didYouMean } from '../../terminal/similar-names';
import { PluginError, TAGS } from '../../workspace/index';
import type { KubernetesSettings } from './settings';

/**
 * The application that adds jobs cannot be told from the others, or its build does not say which port it has.
 *
 * To do: pass `--api` with the name of its project, and see the message for what its build has to say.
 */
export class ApiProjectError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_API_PROJECT';

  constructor(problem: string) {
    super(`${problem} Nothing was written.`);
  }
}

/** The options of a build that are read. */
interface BuildOptions {
  readonly additionalEntryPoints?: readonly string[];
  readonly image?: { readonly port?: number; readonly portVariable?: string };
}

type Projects = ReadonlyMap<string, ProjectConfiguration>;

/**
 * The api among the projects: the one that is asked for, or the only one whose build has migrations.
 *
 * @throws ApiProjectError
 */
export function findApi(projects: Projects, given: string | undefined): KubernetesSettings['api'] {
  const name = given ?? theOneWithMigrations(projects);
  const project = projects.get(name);
  if (project === undefined) {
    const names = [...projects.keys()];
    throw new ApiProjectError(`--api is "${name}", which is no project.${didYouMean(name, names)}`);
  }
  const { port, portVariable } = buildOf(project).image ?? {};
  if (port === undefined || portVariable === undefined) {
    throw new ApiProjectError(
      `The build of "${name}" does not say which port it serves. Add the option "image" to its target build in ` +
        `${project.root}/project.json: { "port": 3000, "portVariable": "PORT" }.`,
    );
  }
  return { project: name, port, portVariable };
}

function theOneWithMigrations(projects: Projects): string {
  const found = [...projects]
    .filter(([, project]) => project.tags?.includes(TAGS.worker) !== true)
    .filter(([, project]) =>
      buildOf(project).additionalEntryPoints?.some((file) => file.endsWith('/migrate.ts')),
    )
    .map(([name]) => name);
  const [only, second] = found;
  if (only !== undefined && second === undefined) return only;
  throw new ApiProjectError(
    `${only === undefined ? 'No application has' : `Several applications have (${found.join(', ')})`} an entry point migrate.ts ` +
      'in the option "additionalEntryPoints" of its build. Pass the application that adds jobs: --api=api.',
  );
}

function buildOf({ targets }: ProjectConfiguration): BuildOptions {
  return (targets?.['build']?.options ?? {}) as BuildOptions;
}
