import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import {
  findMarkers,
  FOLDER,
  hash,
  isUpToDate,
  type ProgramRecord,
  readRecord,
  stamp,
  workspaceStamp,
} from '../workspace/built-program.cjs';
import { BundleError } from '../bundle/bundle.error';
import { bundlePageParts } from '../bundle/page-parts';
import { type Bundle, Bundler } from '../bundle/bundler';
import { isOwnSource } from '../bundle/own-source';
import { TSCONFIG_NAMES } from '../compile/project-settings';
import { hasColors } from '../terminal/has-colors';
import {
  type Contract,
  DiskFiles,
  findFiles,
  listContracts,
  type QueueWorkspace,
  rootTsconfig,
  type RuntimeImports,
} from '../workspace/index';
import { WORKER_COMMANDS } from './command-list';
import type { CommandPlan } from './command-plan';
import { packProgram } from './pack-program';
import { inNewFolder } from './program-folder';
import { keyOf } from './read-plan';
import { ContractCompileError } from './run-program';

const PLUGIN = dirname(__dirname);

/** Rooms of this plugin whose change changes the program. */
const ROOMS = [
  'bin',
  'bundle',
  'command',
  'compile',
  'guard',
  'launch',
  'measure',
  'record',
  'report',
  'terminal',
  'why',
  'workspace',
];

/** The page of `report`: its script and its styles. */
const PAGE = join(PLUGIN, 'report/page');

/** Files that a program depends on, besides its sources. */
const SETTINGS = ['nx.json', 'package.json', 'package-lock.json', 'pnpm-lock.yaml', 'yarn.lock'];

/**
 * The folder of the program that runs the commands of a workspace: the runtime, the contracts and all packages in a few
 * files, so that it starts fast. `queue.js` is the command line, `stdin.js` runs what an executor tells it.
 * It is bundled only if the last one was made from something else.
 *
 * @param seen paths of what was read to make the plan
 * @throws ContractCompileError
 * @throws ProgramFolderError if it can be written nowhere
 */
export async function commandProgram(
  workspaceRoot: string,
  workspace: QueueWorkspace,
  plan: CommandPlan,
  seen: Iterable<string> = [],
): Promise<string> {
  const contracts = listContracts(workspace);
  const made = hashOf(entrySources(plan, contracts), workspace);
  const known = currentProgram(workspaceRoot, made);
  if (known !== undefined) return known;
  return inNewFolder(workspaceRoot, async (folder, isKept) => {
    const found = workspaceStamp(workspaceRoot);
    const sources = entrySources(plan, contracts, relative(folder, workspaceRoot));
    const { metafile } = await write(workspaceRoot, folder, sources, workspace);
    if (!isKept) return folder;
    const inputs = [...inputsOf(workspaceRoot, metafile), ...seen].filter(
      (path) => !path.startsWith(`${FOLDER}/`),
    );
    return keep(workspaceRoot, folder, {
      sources: made,
      node: process.version,
      inputs: [...new Set(inputs)].sort().map((path) => stamp(workspaceRoot, path)),
      ...found,
    });
  });
}

/**
 * Uses the program for the jobs of one contract. If the current one cannot be used, it is bundled with this contract alone
 * and not kept: a generator that asks about a job is about to change the contracts, and must not take longer where there
 * are many.
 *
 * @throws ContractCompileError
 * @throws ProgramFolderError if it can be written nowhere
 */
export async function withProgramOf<Result>(
  workspaceRoot: string,
  workspace: QueueWorkspace,
  plan: CommandPlan,
  contract: Contract,
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const all = entrySources(plan, listContracts(workspace));
  const known = currentProgram(workspaceRoot, hashOf(all, workspace));
  if (known !== undefined) return use(known);
  const made = await inNewFolder(workspaceRoot, async (folder) => {
    const { stdin } = entrySources(plan, [contract], relative(folder, workspaceRoot));
    await write(workspaceRoot, folder, { stdin }, workspace);
    return folder;
  });
  try {
    return await use(made);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

function hashOf(sources: Readonly<Record<string, string>>, { runtime }: QueueWorkspace): string {
  return hash(JSON.stringify([sources, runtimeSource(runtime)]));
}

/** The folder of the program that was made last, if it was made from these sources, and they are as they were. */
function currentProgram(workspaceRoot: string, sources: string): string | undefined {
  const known = readRecord(workspaceRoot);
  if (known?.sources !== sources || !isUpToDate(workspaceRoot, known)) return undefined;
  return join(workspaceRoot, FOLDER, known.folder);
}

/** Bundles a program into a folder. */
async function write(
  workspaceRoot: string,
  folder: string,
  sources: Readonly<Record<string, string>>,
  workspace: QueueWorkspace,
): Promise<Bundle> {
  writeFileSync(join(folder, 'runtime.ts'), runtimeSource(workspace.runtime));
  const bundled = await bundle(workspaceRoot, folder, sources, workspace);
  for (const { path, contents } of bundled.files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
  }
  if ('queue' in sources) await packProgram(folder);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  return bundled;
}

async function bundle(
  workspaceRoot: string,
  folder: string,
  sources: Readonly<Record<string, string>>,
  { files }: QueueWorkspace,
): Promise<Bundle> {
  const entryPoints: Record<string, string> = {};
  for (const [name, source] of Object.entries(sources)) {
    const file = join(folder, `${name}.ts`);
    writeFileSync(file, source);
    entryPoints[name] = file;
  }
  const page = await bundlePageParts(PAGE);
  writeFileSync(join(folder, 'page.ts'), `export default ${JSON.stringify(page)};`);
  const bundler = new Bundler({
    workspaceRoot,
    project: 'commands',
    entryPoints,
    outputPath: folder,
    tsConfig: join(workspaceRoot, rootTsconfig(files) ?? 'tsconfig.json'),
    external: [],
    include: [],
    leaveOut: [],
    define: {},
    minify: true,
    sourceMap: true,
    forbiddenTags: [],
    allow: [],
    deferReexports: true,
  });
  try {
    return await bundler.bundle();
  } catch (error) {
    if (error instanceof BundleError) {
      process.stderr.write(`${await error.format(hasColors())}\n`);
      throw new ContractCompileError(error);
    }
    throw error;
  } finally {
    await bundler.dispose();
  }
}

/** Makes a program the current one. Others of it may run: the one before stays. Several terminals may do this at a time. */
function keep(
  workspaceRoot: string,
  folder: string,
  record: Omit<ProgramRecord, 'folder'>,
): string {
  const place = join(workspaceRoot, FOLDER);
  const before = readRecord(workspaceRoot)?.folder;
  const name = hash(JSON.stringify(record)).slice(0, 16);
  const target = join(place, name);
  if (existsSync(target)) rmSync(folder, { recursive: true });
  else renameSync(folder, target);
  const written = join(place, `${name}.json`);
  writeFileSync(written, `${JSON.stringify({ folder: name, ...record })}\n`);
  renameSync(written, join(place, 'current.json'));
  for (const other of readdirSync(place)) {
    if (/^[\da-f]{16}$/.test(other) && other !== name && other !== before) {
      rmSync(join(place, other), { recursive: true, force: true });
    }
  }
  return target;
}

/** All that the program depends on, but the packages, which the lockfile stands for. */
function inputsOf(workspaceRoot: string, { inputs }: Bundle['metafile']): string[] {
  const own = Object.keys(inputs).filter(isOwnSource);
  const tsconfigs = new Set(
    own
      .flatMap((path) => foldersAbove(dirname(path)))
      .flatMap((folder) => TSCONFIG_NAMES.map((name) => join(folder, name)))
      // One that is added is seen in its folder.
      .filter((path) => existsSync(join(workspaceRoot, path))),
  );
  const plugin = new DiskFiles(PLUGIN);
  const inWorkspace = relative(workspaceRoot, PLUGIN);
  const base = inWorkspace.startsWith('..') ? PLUGIN : inWorkspace.split(sep).join('/');
  const ofPlugin = [
    'executors.json',
    ...ROOMS.flatMap((room) => findFiles(plugin, room, '.ts', '.js', '.cjs', '.json', '.css')),
  ].filter((path) => !path.endsWith('.spec.ts'));
  const markers = findMarkers(workspaceRoot);
  return [
    ...own,
    ...markers,
    ...tsconfigs,
    ...SETTINGS,
    ...ofPlugin.map((path) => `${base}/${path}`),
  ];
}

function foldersAbove(folder: string): string[] {
  return folder === '.' ? [folder] : [folder, ...foldersAbove(dirname(folder))];
}

/** The functions by name: of a CommonJS package, esbuild 0.28 gives an `import()` nothing but a default export. */
function runtimeSource({ cli }: RuntimeImports): string {
  const names = WORKER_COMMANDS.map(({ run }) => run);
  return `export { ${names.join(', ')} } from ${JSON.stringify(cli)};`;
}

/**
 * The TypeScript of the program's files, by name.
 *
 * @param root the workspace root, relative to their folder
 */
function entrySources(
  plan: CommandPlan,
  known: readonly Contract[],
  root = '../../..',
): Record<'queue' | 'stdin', string> {
  // Its ending is that of this file: .ts, or .js in the npm package.
  const launch = JSON.stringify(join(PLUGIN, 'launch/command-line'));
  const contracts = known.map((contract) => {
    const file = JSON.stringify(`${root}/${contract.file}`);
    return `  ${JSON.stringify(keyOf(contract))}: async () => (await import(${file}))[${JSON.stringify(contract.constant)}],`;
  });
  const program = (run: string): string =>
    [
      `import { ${run} } from ${launch};`,
      'const contracts = {',
      ...contracts,
      '};',
      `const plan = ${JSON.stringify(plan)};`,
      `const runtime = () => import('./runtime');`,
      `const page = () => import('./page');`,
      `export default ${run}({ runtime, contracts, plan, page });`,
    ].join('\n');
  return { queue: program('commandLine'), stdin: program('runFromInput') };
}
