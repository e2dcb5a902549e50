import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
// By its path: an import path that ends in .cjs, as Nx wants it, has no types for TypeScript.
// eslint-disable-next-line @nx/enforce-module-boundaries
import { createNodes } from '../../queue/infer/targets.cjs';
import { inWorkspace, readText, workspaceFiles, workspaceRoot } from './workspace';

interface Target {
  readonly executor?: string;
  readonly command?: string;
  readonly options?: { readonly command?: string };
  readonly configurations?: Readonly<Record<string, unknown>>;
}

interface Project {
  readonly name: string;
  readonly root: string;
  readonly targets: Readonly<Record<string, Target>>;
}

/** Commands of Nx that name no project. */
const NX_COMMANDS = [
  'affected',
  'graph',
  'migrate',
  'release',
  'report',
  'reset',
  'run-many',
  'show',
  'sync',
  'sync:check',
];

/** Options of Nx itself, which every target and generator takes. */
const NX_OPTIONS = ['dry-run', 'help', 'skip-nx-cache', 'verbose'];

/** Executors of the plugin that `npx queue` does not offer. */
const ONLY_BY_NX = ['build', 'compat', 'serve'];

/** What else a reader may be told to run. */
const PROGRAMS = ['cp', 'curl', 'docker', 'export', 'node'];

/** What the plugin of this workspace gives a project because of its tags. */
function inferredTargets(file: string, root: string): Record<string, Target> {
  const options = { applications: 'type:app', images: true };
  const [node] = createNodes[1]([file], options, { workspaceRoot });
  return node?.[1].projects[root]?.targets ?? {};
}

const projects: Project[] = workspaceFiles(
  'apps/*/project.json',
  'libs/*/project.json',
  'tools/*/project.json',
).map((file) => {
  const { name, targets: own = {} } = readJson(file) as Partial<Project> & Pick<Project, 'name'>;
  const root = dirname(file);
  const targets: Record<string, Target> = { lint: {}, ...inferredTargets(file, root) };
  // As the other plugin in nx.json infers them.
  if (existsSync(inWorkspace(join(root, 'jest.config.cjs')))) targets['test'] = {};
  for (const [target, entry] of Object.entries(own)) {
    targets[target] = { ...targets[target], ...entry };
  }
  return { name, root, targets };
});

/** What is wrong with a shell script: programs, scripts, projects, targets and options that do not exist. */
export function problemsOf(script: string): string[] {
  return commandsOf(script).flatMap((words) => {
    const problem = problemOf(words);
    return problem === undefined ? [] : [`${words.join(' ')}: ${problem}`];
  });
}

/** The commands of a script, each in words; without comments, variables that are set, and continued lines. */
function commandsOf(script: string): string[][] {
  const text = script.replaceAll('\\\n', ' ');
  const commands: string[][] = [[]];
  for (const [token] of text.matchAll(
    /\s#[^\n]*|^#[^\n]*|&&|\n|'[^']*'|(?:[^\s'#&]|#(?=\S)|'[^']*')+/gm,
  )) {
    if (token === '&&' || token === '\n') commands.push([]);
    else if (!token.trimStart().startsWith('#')) commands.at(-1)?.push(token);
  }
  return commands
    .map((words) => words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word))))
    .filter((words) => words.length > 0);
}

function problemOf([program = '', ...words]: readonly string[]): string | undefined {
  if (program === 'npm') return npmProblem(words);
  if (program === 'npx' && words[0] === 'nx') return nxProblem(words.slice(1));
  if (program === 'npx' && words[0] === 'queue') return queueProblem(words.slice(1));
  return PROGRAMS.includes(program) ? undefined : `unknown program "${program}"`;
}

function npmProblem([command = '', script = '']: readonly string[]): string | undefined {
  if (command === 'ci' || command === 'install') return undefined;
  const { scripts } = readJson('package.json') as { scripts: Record<string, string> };
  const name = command === 'run' ? script : command;
  return name in scripts ? undefined : `package.json has no script "${name}"`;
}

function nxProblem([command = '', ...words]: readonly string[]): string | undefined {
  if (NX_COMMANDS.includes(command)) return targetsOf(words).map(unknownTarget).find(Boolean);
  if (command === 'g') return generatorProblem(words);
  const [first = '', ...rest] = words;
  if (command !== 'run') return targetProblem(first, command, rest);
  const [project = '', target = ''] = first.split(':');
  return targetProblem(project, target, rest, first.split(':')[2]);
}

/** The commands without Nx are those of the plugin, with the same options. */
function queueProblem([command = '', ...words]: readonly string[]): string | undefined {
  if (command === '' || command === '--help') return undefined;
  const schema = ONLY_BY_NX.includes(command)
    ? undefined
    : schemaOf('@tools/queue', 'executors', command);
  if (schema === undefined) return `queue has no command "${command}"`;
  return optionProblem(words, (option) => option in schema || option === 'worker');
}

/** Those after `-t`, up to the next option. */
function targetsOf(words: readonly string[]): string[] {
  const start = words.indexOf('-t') + 1;
  if (start === 0) return [];
  const after = words.slice(start);
  const end = after.findIndex((word) => word.startsWith('-'));
  return end === -1 ? after : after.slice(0, end);
}

function unknownTarget(target: string): string | undefined {
  return projects.some(({ targets }) => target in targets)
    ? undefined
    : `no project has "${target}"`;
}

function targetProblem(
  name: string,
  target: string,
  words: readonly string[],
  configuration?: string,
): string | undefined {
  const project = projects.find((each) => each.name === name);
  if (project === undefined) return `there is no project "${name}"`;
  const definition = project.targets[target];
  if (definition === undefined) return `${name} has no target "${target}"`;
  if (configuration !== undefined && !(configuration in (definition.configurations ?? {}))) {
    return `${name}:${target} has no configuration "${configuration}"`;
  }
  return optionProblem(words, knownOptions(project, target, definition));
}

function generatorProblem([name = '', ...words]: readonly string[]): string | undefined {
  const [plugin = '', generator = ''] = name.split(':');
  const schema = schemaOf(plugin, 'generators', generator);
  return schema === undefined
    ? `there is no generator ${name}`
    : optionProblem(words, (option) => option in schema);
}

function knownOptions(project: Project, target: string, { executor, options }: Target) {
  const [plugin = '', name = ''] = executor?.split(':') ?? [];
  const schema = executor?.startsWith('@tools/') ? schemaOf(plugin, 'executors', name) : undefined;
  if (schema !== undefined) return (option: string) => option in schema;
  if (target === 'test') return (option: string) => option === 'testPathPatterns';
  // A program of ours reads its options by their names.
  const sources = options?.command === undefined ? [] : workspaceFiles(`${project.root}/**/*.ts`);
  const text = sources.map(readText).join('\n');
  return (option: string) => new RegExp(`\\b${camelCase(option)}\\b|['"-]${option}\\b`).test(text);
}

function optionProblem(
  words: readonly string[],
  isKnown: (option: string) => boolean,
): string | undefined {
  const options = words.flatMap((word) => /^--(?:no-)?([\w-]+)/.exec(word)?.[1] ?? []);
  const unknown = options.find((option) => !NX_OPTIONS.includes(option) && !isKnown(option));
  return unknown === undefined ? undefined : `there is no option --${unknown}`;
}

/** The options of a generator or executor of a plugin in this workspace, by name. */
function schemaOf(
  plugin: string,
  kind: 'generators' | 'executors',
  name: string,
): Record<string, unknown> | undefined {
  const { paths } = (
    readJson('tsconfig.base.json') as { compilerOptions: { paths: Record<string, string[]> } }
  ).compilerOptions;
  const root = paths[plugin]?.[0];
  if (root === undefined) return undefined;
  const entries = (
    readJson(join(root, `${kind}.json`)) as Record<string, Record<string, { schema: string }>>
  )[kind];
  const schema = entries?.[name]?.schema;
  if (schema === undefined) return undefined;
  return (readJson(join(root, schema)) as { properties: Record<string, unknown> }).properties;
}

const camelCase = (option: string) =>
  option.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(inWorkspace(path), 'utf8'));
}
