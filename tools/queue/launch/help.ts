import type { CommandDescription, CommandPlan } from '../command/command-plan';

/** Commands that answer from the last build of an application. */
const OF_BUILDS = [
  {
    name: 'why',
    description: 'Show the import chains that bring a package or a file into a bundle.',
  },
  {
    name: 'report',
    description: 'Write a page that shows what a bundle contains, and print it as a table.',
  },
];

/** All commands, one a line. */
export function formatHelp({ commands, exec }: CommandPlan): string {
  const rows = [...commands, ...OF_BUILDS];
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
