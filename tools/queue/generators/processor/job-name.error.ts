import { PluginError } from '../../workspace/index';

/**
 * The given name cannot name a job, which is also the name of its queue, its files and its classes.
 *
 * To do: use lower-case words joined by hyphens, such as email or send-email.
 */
export class JobNameError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_JOB_NAME';

  constructor(given: string, reason: string) {
    super(
      `"${given}" cannot be the name of a job: ${reason}. ` +
        'Use lower-case words joined by hyphens, such as email or send-email.',
    );
  }
}
