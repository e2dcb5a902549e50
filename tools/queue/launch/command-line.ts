import type { CommandDescription, CommandedWorker, CommandPlan } from '../command/command-plan';
import { commandInput, type StoreInput } from '../command/command-input';
import { developmentEnvironment, environmentOf } from '../command/environment';
import { columnsOf } from '../terminal/columns-of';
import { didYouMean } from '../terminal/similar-names';
import type { PageParts } from '../report/page/render-page';
import { PluginError } from '../workspace/plugin.error';
import { chooseWorker } from './choose-worker';
import { CommandLineError } from './command-line.error';
import { formatCommandHelp, formatHelp } from './help';
import { loadEnvFiles } from '../command/env-files';
import { parseOptions } from './parse-options';

type Run = (jobs: unknown, input: StoreInput | Promise<StoreInput>) => Promise<void>;

/** What is bundled into the program. The runtime of the workspace and its contracts are not known here. */
export interface ProgramParts {
  runtime: () => Promise<object>;
  contracts: Readonly<Record<string, () => Promise<unknown>>>;
  plan: CommandPlan;
  /** Of the page of `report`. */
  page: () => Promise<{ default: PageParts }>;
}

/** What an executor tells the program on its standard input. */
export interface ProgramTask {
  run: string;
  /** The keys of the contracts. */
  contracts: readonly string[];
  input: StoreInput;
}

/**
 * The runtime of the workspace does not have a command of this plugin: one of the two is older than the other.
 *
 * To do: bring the runtime and the plugin to the same version.
 */
export class CommandMissingError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_COMMAND_MISSING';

  constructor(run: string) {
    super(
      `The job runtime of this workspace has no ${run}. Bring the runtime and the plugin to the same version.`,
    );
  }
}

/** The command line of the workspace's workers: `npx queue enqueue --job=email`. */
export function commandLine(parts: ProgramParts) {
  return async (workspaceRoot: string, args: readonly string[]): Promise<void> => {
    const { plan } = parts;
    const [name, ...rest] = args;
    if (name === undefined || name === 'help' || name.startsWith('-')) {
      process.stdout.write(`${formatHelp(plan, columnsOf(process.stdout))}\n`);
      return;
    }
    if (plan.ofBuilds.some((command) => command.name === name)) {
      const { readBuild } = await import('./read-build');
      return readBuild(workspaceRoot, args, parts);
    }
    const command = findCommand(plan, name);
    const { options, worker: chosen, help } = parseOptions(command, rest, plan.exec);
    if (help) {
      process.stdout.write(`${formatCommandHelp(plan, command, columnsOf(process.stdout))}\n`);
      return;
    }
    const { worker, contracts } = chooseWorker(plan, name, options['job'] ?? options['to'], chosen);
    process.chdir(workspaceRoot);
    loadEnvFiles(workspaceRoot, worker.root, name);
    const input = inputFor(plan, worker, command, options, workspaceRoot);
    // Both take a while, and neither needs the other.
    input.catch(() => undefined);
    await execute(parts, command.run, contracts, input);
  };
}

/** Runs the task on the standard input. */
export async function runFromInput(parts: ProgramParts): Promise<void> {
  const { text } = await import('node:stream/consumers');
  const { run, contracts, input } = JSON.parse(await text(process.stdin)) as ProgramTask;
  await execute(parts, run, contracts, input);
}

async function execute(
  { runtime, contracts }: ProgramParts,
  run: string,
  keys: readonly string[],
  input: StoreInput | Promise<StoreInput>,
): Promise<void> {
  const [loaded, ...jobs] = await Promise.all([
    runtime(),
    ...keys.map(async (key) => contracts[key]?.()),
  ]);
  const runCommand = (loaded as Record<string, Run>)[run];
  if (runCommand === undefined) throw new CommandMissingError(run);
  await runCommand(run === 'runEnqueue' ? jobs[0] : jobs, input);
}

async function inputFor(
  { exec, environmentModules }: CommandPlan,
  { name: worker, environmentCommands }: CommandedWorker,
  { name }: CommandDescription,
  options: Readonly<Record<string, unknown>>,
  workspaceRoot: string,
): Promise<StoreInput> {
  const isKnown = Boolean(process.env['QUEUE_URL']);
  const command = isKnown ? undefined : environmentCommands[name];
  const file = command && environmentModules[command];
  const context = { workspaceRoot, env: process.env, onLine: writeError };
  const env =
    (file && (await environmentOf(file, context))) ||
    (await developmentEnvironment(command, context));
  return commandInput(workspaceRoot, env, {
    command: `${exec} queue ${name}`,
    startWorker: `${exec} nx serve ${worker}`,
    migrate: `${exec} queue migrate`,
    options,
  });
}

function writeError(line: string): void {
  process.stderr.write(`${line}\n`);
}

function findCommand({ commands, ofBuilds, exec }: CommandPlan, name: string): CommandDescription {
  const found = commands.find((command) => command.name === name);
  if (found) return found;
  const names = [...commands, ...ofBuilds].map((command) => command.name);
  throw new CommandLineError(
    `There is no command "${name}".${didYouMean(name, names)} ` +
      `The commands are: ${names.join(', ')}. See ${exec} queue --help`,
  );
}
