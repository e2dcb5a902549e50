import { PluginError } from '../../workspace/index';

/** The name given for a job cannot be one. */
export class JobNameError extends PluginError {
  constructor(given: string, reason: string) {
    super(
      `"${given}" cannot be the name of a job: ${reason}. ` +
        'Use lower-case words joined by hyphens, such as email or send-email.',
    );
  }
}
