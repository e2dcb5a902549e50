import { PLUGIN_NAME, PluginError } from '../../workspace/index';

/**
 * The generator that fills a new workspace was run in one that has projects.
 *
 * To do: run the generator `init`, which adds to what is there.
 */
export class WorkspaceInUseError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_WORKSPACE_IN_USE';

  constructor(projects: readonly string[]) {
    super(
      `This workspace has projects already: ${projects.join(', ')}. Nothing was written, because a preset fills an empty ` +
        `workspace. To add background jobs to this one: nx g ${PLUGIN_NAME}:init`,
    );
  }
}
