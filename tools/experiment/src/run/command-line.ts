import { parseArgs } from 'node:util';
import { ExperimentError } from './experiment.error';

/** A flag of a command: `--name=value`, or `--name` for a {@link switchFlag}. */
export interface Flag<Value> {
  description: string;
  /** Used if the flag is omitted; `undefined` for a switch, which is off then. */
  default: string | undefined;
  /** @throws ExperimentError that names the flag, for a value that it does not accept */
  read: (given: string | boolean, flag: string) => Value;
}

export type Flags = Readonly<Record<string, Flag<unknown>>>;

export type FlagValues<Given extends Flags> = {
  [Name in keyof Given]: Given[Name] extends Flag<infer Value> ? Value : never;
};

/** What `--help` shows besides the flags. */
export interface Command<Given extends Flags> {
  /** The Nx target: `chaos:run`. */
  target: string;
  about: string;
  flags: Given;
  /** What may be named besides the flags; default: nothing. */
  names?: Names;
}

/** Words of a command line that are no flags: `npx nx run e2e:packages -- axios pdfkit`. */
export interface Names {
  /** In the usage line, the singular: `package`. */
  of: string;
  known: readonly string[];
}

export function textFlag(description: string, value: string): Flag<string> {
  return { description, default: value, read: String };
}

/** A whole number, by default of at least 1. */
export function countFlag(description: string, value: number, least: 0 | 1 = 1): Flag<number> {
  return {
    description,
    default: String(value),
    read: (given, flag) => {
      if (!/^\d+$/.test(String(given)) || Number(given) < least) {
        throw new ExperimentError(
          `--${flag} is "${given}"; expected a whole number of at least ${least}.`,
        );
      }
      return Number(given);
    },
  };
}

/** One of some values, the first of them by default. */
export function choiceFlag<const Value extends string>(
  description: string,
  values: readonly [Value, ...Value[]],
): Flag<Value> {
  const known = `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
  return {
    description: `${description}: ${known}`,
    default: values[0],
    read: (given, flag) => {
      const value = values.find((each) => each === given);
      if (value === undefined) {
        throw new ExperimentError(`--${flag} is "${given}"; expected ${known}.`);
      }
      return value;
    },
  };
}

/** Off unless it is given. */
export function switchFlag(description: string): Flag<boolean> {
  return { description, default: undefined, read: Boolean };
}

/**
 * Reads a command line. Every command has `--help`.
 *
 * @returns the values and names, or the help to print
 * @throws ExperimentError for an unknown flag, with the help; for a value that a flag does not accept; and for
 *   an unknown name, with the known ones
 */
export function readCommandLine<Given extends Flags>(
  args: readonly string[],
  command: Command<Given>,
): { help: string } | { values: FlagValues<Given>; names: string[] } {
  const help = helpOf(command);
  const { given, names } = parse(args, command, help);
  if (given['help'] === true) return { help };
  checkNames(names, command);
  const values = Object.entries(command.flags).map(([name, flag]) => [
    name,
    flag.read(given[name] ?? false, name),
  ]);
  // Each flag has read the value of its own type.
  return { values: Object.fromEntries(values) as FlagValues<Given>, names };
}

function checkNames(given: readonly string[], { names }: Command<Flags>): void {
  const unknown = given.filter((name) => !names?.known.includes(name));
  if (names === undefined || unknown.length === 0) return;
  throw new ExperimentError(
    `Unknown ${names.of}: ${unknown.join(', ')}. Known: ${[...names.known].sort().join(', ')}.`,
  );
}

function parse(args: readonly string[], { flags, names }: Command<Flags>, help: string) {
  const options = Object.entries(flags).map(([name, flag]) => [
    name,
    flag.default === undefined ? { type: 'boolean' } : { type: 'string', default: flag.default },
  ]);
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: names !== undefined,
      options: {
        // The literal types that a mapped array loses.
        ...(Object.fromEntries(options) as Record<string, { type: 'string' }>),
        help: { type: 'boolean', short: 'h' },
      },
    });
    return { given: values as Record<string, string | boolean | undefined>, names: positionals };
  } catch (error) {
    throw new ExperimentError(`${(error as Error).message}\n\n${help}`, { cause: error });
  }
}

function helpOf({ target, about, flags, names }: Command<Flags>): string {
  const rows = Object.entries(flags).map(([name, flag]) => ({
    usage: flag.default === undefined ? `--${name}` : `--${name}=…`,
    text: `${flag.description}${flag.default ? ` (default: ${flag.default})` : ''}`,
  }));
  const width = Math.max(...rows.map(({ usage }) => usage.length));
  const lines = rows.map(({ usage, text }) => `  ${usage.padEnd(width)}  ${text}`);
  const usage = `npx nx run ${target} -- [flags]${names ? ` [${names.of}…]` : ''}`;
  return `${about}\n\nUsage: ${usage}\n\n${lines.join('\n')}`;
}
