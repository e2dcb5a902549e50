import { didYouMean } from '../../terminal/similar-names';
import type { Project } from '../../workspace/index';
import { packageManager, PLUGIN_NAME, PluginError } from '../../workspace/index';
import type { Terminal } from './choose-job';
import { CancelledError, isInteractive } from './interactive';

export interface ProjectChoice {
  /** What the project is for, as in "which worker". */
  role: string;
  /** The option that names it, without its hyphens. */
  option: string;
  /** The tag that makes a project one of these. */
  tag: string;
  given: string | undefined;
  projects: readonly Project[];
  /** To ask on; by default that of this process. */
  terminal?: Terminal | undefined;
}

/**
 * A generator cannot tell which project to write to: no project has the tag, several have it, or the one that was
 * named does not.
 *
 * To do: pass the option that the message names, or add the tag to the project.
 */
export class ProjectChoiceError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_PROJECT_CHOICE';
}

/** The project that was named, or the only one there is; asks if there are several and it can. */
export async function chooseProject(choice: ProjectChoice): Promise<Project> {
  const { role, option, tag, given, projects } = choice;
  const names = projects.map(({ name }) => name);
  const known = names.join(', ');
  const [only, second] = projects;
  if (!only) {
    throw new ProjectChoiceError(
      `This workspace has no ${role}. Nothing was written. Add one: ${packageManager().exec} nx g ${PLUGIN_NAME}:init. ` +
        `If it has one, add "${tag}" to "tags" in the project.json of that project.`,
    );
  }
  if (given !== undefined) {
    const named = projects.find(({ name }) => name === given);
    if (named) return named;
    throw new ProjectChoiceError(
      `"${given}" is not a ${role}.${didYouMean(given, names)} Pass --${option} with one of: ${known}. ` +
        `(A ${role} is a project with the tag "${tag}".)`,
    );
  }
  if (!second) return only;
  return ask(choice, known);
}

async function ask(
  { role, option, projects, terminal }: ProjectChoice,
  known: string,
): Promise<Project> {
  if (terminal === undefined && !isInteractive()) {
    throw new ProjectChoiceError(
      `This workspace has several projects that could be the ${role}. Pass --${option} with one of: ${known}.`,
    );
  }
  // Loaded here only, because most workspaces have one project of a kind and nothing to ask.
  const { isCancel, select } = await import('@clack/prompts');
  const chosen = await select({
    message: `Which ${role}?`,
    options: projects.map((project) => ({ value: project, label: project.name })),
    ...terminal,
  });
  if (isCancel(chosen)) throw new CancelledError();
  return chosen;
}
