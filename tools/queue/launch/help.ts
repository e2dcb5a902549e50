import type { CommandDescription, CommandPlan } from '../command/command-plan';

/** All commands, one a line. */
export function formatHelp({ commands, ofBuilds, exec }: CommandPlan): string {
  const rows = [...commands, ...ofBuilds];
  const width = Math.max(...rows.map(({ name }) => name.length));
  return [
    `${exec} queue <command> [options]: the commands of a worker, without the start of Nx.`,
    '',
    ...rows.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`),
    '',
    `The options of a command: ${exec} queue <command> --help`,
  ].join('\n');
}

/** The options of one command. */
export function formatCommandHelp(
  { exec }: Pick<CommandPlan, 'exec'>,
  command: CommandDescription,
  project = { name: '--worker=<string>', description: 'Which worker, if there are several.' },
): string {
  const options = Object.entries(command.options).map(([name, { type, description }]) => ({
    name: type === 'boolean' ? `--${name}` : `--${name}=<${type}>`,
    description: `${description}${command.required.includes(name) ? ' Required.' : ''}`,
  }));
  options.push(project);
  const width = Math.max(...options.map(({ name }) => name.length));
  return [
    `${exec} queue ${command.name} [options]: ${command.description}`,
    '',
    ...options.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`),
  ].join('\n');
}
