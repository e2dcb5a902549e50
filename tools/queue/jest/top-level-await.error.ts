import { PluginError } from '../workspace/plugin.error';

/**
 * A spec loads a module that waits for something at its top level. A bundle can do that, but Jest loads modules
 * as CommonJS, which cannot wait.
 *
 * To do: move the `await` into a function that is called when its result is needed.
 */
export class TopLevelAwaitError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_TOP_LEVEL_AWAIT';

  constructor(path: string, { line, column }: { line: number; column: number }, source: string) {
    super(
      `${path}:${line}:${column + 1} waits at the top level of a module. A bundle can do that; a spec loads modules as CommonJS, which cannot wait.\n\n` +
        `  ${line} │ ${source.split(/\r?\n/)[line - 1] ?? ''}\n\n` +
        'Move it into a function: const load = async () => …; and call that where the value is needed.',
    );
  }
}
