import { PluginError } from '../../workspace/index';

/** Why an answer cannot be taken; the question is asked again. */
export function problemOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof PluginError) return error.message;
    throw error;
  }
}
