import { parseArgs } from 'node:util';
import type { CommandDescription, CommandOption } from '../command/command-plan';
import { similarNames } from '../terminal/similar-names';
import { PluginError } from '../workspace/plugin.error';

/**
 * A command of `npx queue` is given an option that it does not have, one without its value, or not one that it needs.
 *
 * To do: correct the option that the message names; `--help` after the command lists them.
 */
export class CommandOptionError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_COMMAND_OPTION';
}

/** Options of every command; of which project it is comes first in a command of Nx. */
const OWN_OPTIONS = {
  worker: { type: 'string' },
  project: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

export interface ParsedOptions {
  options: Record<string, unknown>;
  /** The project that it is about, if it is said. */
  worker: string | undefined;
  help: boolean;
}

/**
 * Reads the options as Nx does: `--job=email`, `--job email`, `--wait`, `--no-wait`. Throws `CommandOptionError`.
 *
 * @param exec what runs a program of the workspace's packages: `npx`
 */
export function parseOptions(
  { name: command, options: known, required }: CommandDescription,
  args: readonly string[],
  exec: string,
): ParsedOptions {
  const options: ParsedOptions['options'] = {};
  let worker: string | undefined;
  for (const { name, value } of tokens({ command, known, exec }, args)) {
    if (name === 'help') return { options: {}, worker: undefined, help: true };
    if (name === 'worker' || name === 'project') worker = value;
    else options[name] = valueOf(command, name, value, known[name]);
  }
  const missing = required.filter((name) => !(name in options));
  if (missing.length > 0) {
    const wanted = missing.map((name) => `--${name}=<${known[name]?.type ?? 'string'}>`).join(' ');
    throw new CommandOptionError(
      `"${command}" needs ${wanted}. See ${exec} queue ${command} --help`,
    );
  }
  return { options, worker, help: false };
}

function* tokens(
  { command, known, exec }: { command: string; known: CommandDescription['options']; exec: string },
  args: readonly string[],
): Generator<{ name: string; value: string | undefined }> {
  const types = Object.entries(known).map(
    ([name, { type }]) => [name, { type: type === 'boolean' ? type : 'string' }] as const,
  );
  const dashed = types.map(([name, type]) => [dashedCase(name), type] as const);
  const { tokens: found } = parseArgs({
    args: [...args],
    options: {
      ...Object.fromEntries([...dashed, ...types]),
      ...OWN_OPTIONS,
    },
    tokens: true,
    strict: false,
    allowPositionals: true,
  });
  for (const token of found) {
    if (token.kind === 'positional') {
      throw new CommandOptionError(
        `"${command}" does not take "${token.value}". Options begin with --. See ${exec} queue ${command} --help`,
      );
    }
    if (token.kind !== 'option') continue;
    const { rawName, value } = token;
    const name = camelCase(token.name);
    if (name in known || name in OWN_OPTIONS) yield { name, value };
    else if (rawName.startsWith('--no-') && known[afterNo(name)]?.type === 'boolean') {
      yield { name: afterNo(name), value: 'false' };
    } else throw new CommandOptionError(unknownOption(command, rawName, Object.keys(known)));
  }
}

/** As Nx reads it: `--dry-run` is `--dryRun`. */
function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `noWait` is the opposite of `wait`. */
function afterNo(name: string): string {
  return name.charAt(2).toLowerCase() + name.slice(3);
}

function dashedCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function unknownOption(command: string, rawName: string, known: readonly string[]): string {
  const [meant] = similarNames(rawName.replace(/^-+/, ''), known);
  const question = meant === undefined ? '' : ` Did you mean --${meant}?`;
  return `"${command}" has no option ${rawName}.${question} Its options are: ${known.map((name) => `--${name}`).join(', ')}.`;
}

function valueOf(
  command: string,
  name: string,
  value: string | undefined,
  option: CommandOption | undefined,
): unknown {
  if (option?.type === 'boolean') return value !== 'false';
  if (value === undefined) {
    throw new CommandOptionError(
      `--${name} of "${command}" needs a value: --${name}=<${option?.type ?? 'string'}>`,
    );
  }
  if (option?.type !== 'number') return value;
  const number = Number(value);
  if (value.trim() !== '' && Number.isFinite(number)) return number;
  throw new CommandOptionError(`--${name} of "${command}" must be a number, and is ${value}.`);
}
