import { didYouMean } from '../terminal/similar-names';
import { PluginError } from './plugin.error';
import { packageManager } from './package-manager';

/**
 * The workspace has no project by the given name.
 *
 * To do: use one of the names in the message. If the project is new, run `npx nx reset`.
 */
export class UnknownProjectError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_UNKNOWN_PROJECT';

  constructor(project: string, known: Iterable<string>) {
    const names = [...known].sort();
    super(
      `There is no project "${project}".${didYouMean(project, names)} Projects: ${names.join(', ')}. ` +
        `If it is new: ${packageManager().exec} nx reset`,
    );
  }
}
