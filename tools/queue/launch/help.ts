import type { CommandDescription, CommandPlan } from '../command/command-plan';
import { wrapWords } from '../terminal/wrap-words.cjs';

/** In characters: a description is not squeezed into less beside its name. */
const LEAST_WIDTH = 24;

interface Entry {
  readonly name: string;
  readonly description: string;
}

/**
 * All commands, one a line.
 *
 * @param columns the width of the terminal; undefined: there is none, and no line is broken
 */
export function formatHelp(
  { commands, ofBuilds, exec }: CommandPlan,
  columns: number | undefined,
): string {
  return [
    `${exec} queue <command> [options]: the commands of a worker, without the start of Nx.`,
    '',
    ...entries([...commands, ...ofBuilds], columns),
    '',
    `The options of a command: ${exec} queue <command> --help`,
  ].join('\n');
}

/** The options of one command. */
export function formatCommandHelp(
  { exec }: Pick<CommandPlan, 'exec'>,
  command: CommandDescription,
  columns: number | undefined,
  project: Entry = {
    name: '--worker=<string>',
    description: 'Which worker, if there are several.',
  },
): string {
  const options = Object.entries(command.options).map(([name, { type, description }]) => ({
    name: type === 'boolean' ? `--${name}` : `--${name}=<${type}>`,
    description: `${description}${command.required.includes(name) ? ' Required.' : ''}`,
  }));
  return [
    `${exec} queue ${command.name} [options]: ${command.description}`,
    '',
    ...entries([...options, project], columns),
  ].join('\n');
}

/** Names, and beside them what they mean; below them where the terminal is narrow. */
function entries(list: readonly Entry[], columns: number | undefined): string[] {
  const width = Math.max(...list.map(({ name }) => name.length));
  const indent = width + 4;
  if (columns !== undefined && columns - indent < LEAST_WIDTH) {
    return list.flatMap(({ name, description }) => [
      `  ${name}`,
      wrapWords(`      ${description}`, columns, ' '.repeat(6)),
    ]);
  }
  return list.map(({ name, description }) =>
    wrapWords(`  ${name.padEnd(width)}  ${description}`, columns, ' '.repeat(indent)),
  );
}
