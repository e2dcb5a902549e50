import { parseArgs } from 'node:util';
import { BenchError } from './experiment.error';

/** A flag of a benchmark, `--name=value` or, without a default, `--name`. */
export interface Flag {
  description: string;
  /** Left out: a switch that is off unless it is given. */
  default?: string;
}

type Values<Flags extends Record<string, Flag>> = {
  [Name in keyof Flags]: Flags[Name] extends { default: string } ? string : boolean;
};

/**
 * Reads a command line. `--help` is always understood.
 *
 * @returns the values, or the text to print if help is asked for
 * @throws BenchError that names the flag that is not known, with the ones that are
 */
export function readOptions<const Flags extends Record<string, Flag>>(
  args: readonly string[],
  about: string,
  flags: Flags,
): { help: string } | { values: Values<Flags> } {
  const help = helpText(about, flags);
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        ...Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, described(flag)])),
      },
    });
    if (values.help) return { help };
    // Each flag is described above as the type that `Values` gives it.
    return { values: values as unknown as Values<Flags> };
  } catch (error) {
    throw new BenchError(`${(error as Error).message}\n\n${help}`, { cause: error });
  }
}

/** @throws BenchError if the text is not a whole number of at least one */
export function count(flag: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) {
    throw new BenchError(`--${flag} is "${text}"; expected a whole number of at least 1.`);
  }
  return Number(text);
}

function described({ default: value }: Flag) {
  return value === undefined
    ? ({ type: 'boolean', default: false } as const)
    : ({ type: 'string', default: value } as const);
}

function helpText(about: string, flags: Readonly<Record<string, Flag>>): string {
  const rows = Object.entries(flags).map(([name, flag]) => {
    const usage = flag.default === undefined ? `--${name}` : `--${name}=…`;
    const fallback = flag.default ? ` (${flag.default})` : '';
    return `  ${usage.padEnd(14)} ${flag.description}${fallback}`;
  });
  return `${about}\n\n${rows.join('\n')}`;
}
