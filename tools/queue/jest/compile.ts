import { type Options, type Output, transformSync } from '@swc/core';
import { stripVTControlCharacters } from 'node:util';
import { PluginError } from '../workspace/plugin.error';

/**
 * A spec loads a source that cannot be parsed.
 *
 * To do: fix what the message shows, with file, line and column.
 */
export class SpecSyntaxError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_SPEC_SYNTAX';

  constructor(shown: string) {
    super(shown);
    // Jest would show the line of this plugin that has called the compiler.
    this.stack = shown;
  }
}

/** Compiles a source. Throws `SpecSyntaxError`. */
export function compile(source: string, options: Options): Output {
  try {
    return transformSync(source, options);
  } catch (error) {
    throw new SpecSyntaxError(withoutBacktrace(error));
  }
}

/** swc appends its own calls to what it shows of the source. */
function withoutBacktrace(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return stripVTControlCharacters(message)
    .replace(/\n+Caused by:[^]*$/, '')
    .trimEnd();
}
