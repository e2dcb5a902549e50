import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseJson } from '@nx/devkit';
import { initSync, parse } from 'cjs-module-lexer';
import {
  type Contract,
  listContracts,
  PLUGIN_NAME,
  type QueueWorkspace,
  type SourceFiles,
  packageManager,
} from '../workspace/index';
import type { ProjectOnDisk, TargetEntry } from '../workspace/projects-on-disk';
import { WORKER_COMMANDS, type WorkerCommandName } from './command-list';
import type {
  CommandDescription,
  CommandedWorker,
  CommandOption,
  CommandPlan,
} from './command-plan';
import { contractsOfWorker } from './contracts-of-worker';

const PLUGIN = dirname(__dirname);

interface Schema {
  description: string;
  properties: Record<
    string,
    { type: string | string[]; description?: string; 'x-priority'?: string }
  >;
  required?: string[];
}

type TargetDefaults = Readonly<Record<string, TargetEntry>>;

/** By what a contract is found in the program of the commands. */
export function keyOf({ file, constant }: Contract): string {
  return `${file}#${constant}`;
}

/** Reads what the commands of a workspace have to know. */
export function readPlan(
  workspaceRoot: string,
  workspace: QueueWorkspace,
  projects: Readonly<Record<string, ProjectOnDisk>>,
): CommandPlan {
  const defaults = targetDefaults(workspace.files);
  const contracts = listContracts(workspace).flatMap((contract) =>
    contract.name === undefined ? [] : [[contract.name, keyOf(contract)] as const],
  );
  const workers = workspace.workers.map(({ name, root }): CommandedWorker => {
    const targets = projects[name]?.targets ?? {};
    return {
      name,
      root,
      contracts: contractsOfWorker(workspace, name).map(keyOf).sort(),
      environmentCommands: Object.fromEntries(
        WORKER_COMMANDS.flatMap((command) => {
          const found = environmentCommand(command.name, targets, defaults);
          return found === undefined ? [] : [[command.name, found]];
        }),
      ),
    };
  });
  return {
    exec: packageManager(workspaceRoot).exec,
    commands: WORKER_COMMANDS.map(({ name, run }) => describeCommand(name, run)),
    ofBuilds: ['why', 'report'].map((name) => describeCommand(name)),
    projects: Object.keys(projects).sort(),
    workers,
    environmentModules: environmentModules(workspace.files, workers),
    jobs: Object.fromEntries(contracts),
  };
}

function environmentCommand(
  command: WorkerCommandName,
  targets: Readonly<Record<string, TargetEntry>>,
  defaults: TargetDefaults,
): string | undefined {
  const executor = `${PLUGIN_NAME}:${command}`;
  const [name, target] =
    Object.entries(targets).find(([, entry]) => entry.executor === executor) ?? [];
  const byDefault = defaults[executor] ?? (name === undefined ? undefined : defaults[name]);
  const found =
    target?.options?.['environmentCommand'] ?? byDefault?.options?.['environmentCommand'];
  return typeof found === 'string' ? found : undefined;
}

/** `node <file>`: one that also exports a function `environment` is meant to be asked by it. */
function environmentModules(
  files: SourceFiles,
  workers: readonly CommandedWorker[],
): Record<string, string> {
  const commands = new Set(workers.flatMap((worker) => Object.values(worker.environmentCommands)));
  return Object.fromEntries(
    [...commands].flatMap((command) => {
      const [, file] = /^node (\S+\.c?js)$/.exec(command) ?? [];
      const text = file === undefined ? null : files.read(file, 'utf-8');
      return file !== undefined && text !== null && exportNames(text).includes('environment')
        ? [[command, file]]
        : [];
    }),
  );
}

/** None if it is no CommonJS. */
function exportNames(text: string): readonly string[] {
  initSync();
  try {
    return parse(text).exports;
  } catch {
    return [];
  }
}

function targetDefaults(files: SourceFiles): TargetDefaults {
  const nxJson = parseJson<{ targetDefaults?: TargetDefaults }>(
    files.read('nx.json', 'utf-8') ?? '{}',
  );
  return nxJson.targetDefaults ?? {};
}

/** A command by its executor, which has the same options. */
function describeCommand(name: string, run = ''): CommandDescription {
  const { executors } = readJson(join(PLUGIN, 'executors.json')) as {
    executors: Record<string, { schema: string; description: string } | undefined>;
  };
  const { schema = '', description = '' } = executors[name] ?? {};
  const { properties, required = [] } = readJson(join(PLUGIN, schema)) as Schema;
  const options = Object.entries(properties).filter(
    ([, option]) => option['x-priority'] !== 'internal',
  );
  return {
    name,
    run,
    description,
    options: Object.fromEntries(options.map(([option, entry]) => [option, describe(entry)])),
    required,
  };
}

function describe({ type, description = '' }: Schema['properties'][string]): CommandOption {
  const types = [type].flat();
  if (types.includes('string')) return { type: 'string', description };
  return { type: types.includes('boolean') ? 'boolean' : 'number', description };
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
