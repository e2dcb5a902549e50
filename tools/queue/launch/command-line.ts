import { text } from 'node:stream/consumers';
import type { CommandDescription, CommandedWorker, CommandPlan } from '../command/command-plan';
import { commandInput, type StoreInput } from '../command/command-input';
import { developmentEnvironment } from '../command/environment';
import { didYouMean } from '../terminal/similar-names';
import type { PageParts } from '../report/page/render-page';
import { PluginError } from '../workspace/plugin.error';
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
 * `npx queue` is given a command, an option or a worker that it does not have.
 *
 * To do: correct what the message names; `npx queue --help` lists the commands.
 */
export class CommandLineError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_COMMAND_LINE';
}

/** The command line of the workspace's workers: `npx queue enqueue --job=email`. */
export function commandLine(parts: ProgramParts) {
  return async (workspaceRoot: string, args: readonly string[]): Promise<void> => {
    const { plan } = parts;
    const [name, ...rest] = args;
    if (name === undefined || name === 'help' || name.startsWith('-')) {
      process.stdout.write(`${formatHelp(plan)}\n`);
      return;
    }
    if (plan.ofBuilds.some((command) => command.name === name)) {
      const { readBuild } = await import('./read-build');
      return readBuild(workspaceRoot, args, parts);
    }
    const command = findCommand(plan, name);
    const { options, worker: chosen, help } = parseOptions(command, rest);
    if (help) {
      process.stdout.write(`${formatCommandHelp(plan, command)}\n`);
      return;
    }
    const { job } = options;
    const keys = typeof job === 'string' && name === 'enqueue' ? [keyOfJob(plan, job)] : undefined;
    const worker = findWorker(plan, chosen, keys?.[0]);
    process.chdir(workspaceRoot);
    loadEnvFiles(workspaceRoot, worker.root, name);
    const input = inputFor(plan, worker, command, options, workspaceRoot);
    // Both take a while, and neither needs the other.
    input.catch(() => undefined);
    await execute(parts, command.run, keys ?? worker.contracts, input);
  };
}

/** Runs the task on the standard input. */
export function runFromInput(parts: ProgramParts): Promise<void> {
  return text(process.stdin).then((json) => {
    const { run, contracts, input } = JSON.parse(json) as ProgramTask;
    return execute(parts, run, contracts, input);
  });
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
  await runCommand?.(run === 'runEnqueue' ? jobs[0] : jobs, input);
}

async function inputFor(
  { exec }: CommandPlan,
  { name: worker, environmentCommands }: CommandedWorker,
  { name }: CommandDescription,
  options: Readonly<Record<string, unknown>>,
  workspaceRoot: string,
): Promise<StoreInput> {
  const isKnown = Boolean(process.env['QUEUE_URL']);
  const env = await developmentEnvironment(isKnown ? undefined : environmentCommands[name], {
    workspaceRoot,
    env: process.env,
    onLine: (line) => {
      process.stderr.write(`${line}\n`);
    },
  });
  return commandInput(workspaceRoot, env, {
    command: `${exec} queue ${name}`,
    startWorker: `${exec} nx serve ${worker}`,
    options,
  });
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

function keyOfJob({ jobs, exec }: CommandPlan, name: string): string {
  const key = jobs[name];
  if (key !== undefined) return key;
  const names = Object.keys(jobs).sort();
  const others =
    names.length === 0
      ? `Add one: ${exec} nx g @tools/queue:processor ${name}`
      : `This workspace has: ${names.join(', ')}.`;
  throw new CommandLineError(`There is no job "${name}".${didYouMean(name, names)} ${others}`);
}

/** The only worker, the one that is asked for, or the one that runs the job. */
function findWorker(
  { workers }: CommandPlan,
  chosen: string | undefined,
  contract: string | undefined,
): CommandedWorker {
  const names = workers.map(({ name }) => name);
  if (chosen !== undefined) {
    const worker = workers.find(({ name }) => name === chosen);
    if (worker) return worker;
    throw new CommandLineError(
      `There is no worker "${chosen}".${didYouMean(chosen, names)} The workers are: ${names.join(', ')}.`,
    );
  }
  const [first, ...others] = workers;
  if (first === undefined) {
    throw new CommandLineError('No project of this workspace has the tag "queue:worker".');
  }
  const running =
    contract === undefined ? undefined : workers.find((each) => each.contracts.includes(contract));
  if (running ?? others.length === 0) return running ?? first;
  if (contract !== undefined) return first;
  throw new CommandLineError(
    `This workspace has several workers. Add one of: ${names.map((name) => `--worker=${name}`).join(', ')}`,
  );
}
