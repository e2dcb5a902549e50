import type { BuildFailure, Message } from 'esbuild';
import { PluginError } from '../workspace/plugin.error';

/**
 * The sources of an application do not compile, or an import leads nowhere.
 *
 * To do: fix what is printed above the message, with file, line and column.
 */
export class BundleError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_COMPILE';
  readonly messages: readonly Message[];

  constructor(project: string, messages: readonly Message[]) {
    const count = messages.length === 1 ? 'one error' : `${messages.length} errors`;
    super(`"${project}" does not compile: ${count}.`);
    this.messages = messages;
  }

  /** Each message with file, line, column and a code frame. */
  async format(color: boolean): Promise<string> {
    // Loaded here: `npm start` needs the class before it needs a compiler.
    const { formatMessages } = await import('esbuild');
    const texts = await formatMessages([...this.messages], { kind: 'error', color });
    return texts.join('').trimEnd();
  }
}

/** esbuild's own error becomes a `BundleError`; any other one stays as it is. */
export function bundleErrorFrom(error: unknown, project: string): unknown {
  return isBuildFailure(error) ? new BundleError(project, error.errors) : error;
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}
