import type { Message } from 'esbuild';
import { formatMessages } from 'esbuild';
import { BuildError } from './build.error';

/** The sources do not compile or an import leads nowhere. Has esbuild's messages, with locations. */
export class BundleError extends BuildError {
  override readonly name = 'BundleError';
  readonly messages: readonly Message[];

  constructor(project: string, messages: readonly Message[]) {
    const count = messages.length === 1 ? 'one error' : `${messages.length} errors`;
    super(`"${project}" does not compile: ${count}.`);
    this.messages = messages;
  }

  /** Each message with file, line, column and a code frame. */
  async format(color: boolean): Promise<string> {
    const texts = await formatMessages([...this.messages], { kind: 'error', color });
    return texts.join('').trimEnd();
  }
}
