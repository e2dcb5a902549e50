import { join, posix } from 'node:path';
import { getPackageManagerCommand, offsetFromRoot, parseJson } from '@nx/devkit';
import {
  type ProjectEntry,
  type QueueWorkspace,
  rootTsconfig,
  type SourceFiles,
} from '../../workspace/index';
import { RUNTIME_PACKAGE } from '../../workspace/runtime-package';
import type { Plan } from '../plan/plan';

/** Everything that a worker without a library of its own is written from. */
export interface StandaloneWorker {
  name: string;
  /** Its folder, relative to the workspace root. */
  root: string;
  port: number;
  variables: { http: string; processors: string };
  /** The application that it is tested like: the first worker, or an api. */
  neighbour: ProjectEntry | undefined;
}

/** The source files of a worker, by the folder of the template. */
const SOURCES = {
  main: 'main.ts',
  worker: 'worker.ts',
  config: 'config.ts',
  health: 'health.ts',
  module: 'worker.module.ts',
  sandbox: 'sandbox.ts',
  migrate: 'migrate.ts',
  exit: 'exit-with-reason.ts',
} as const;

/** Names of Jest's settings in the folder of a project. */
const JEST_CONFIGS = ['cts', 'ts', 'cjs', 'mjs', 'js'].map((ending) => `jest.config.${ending}`);

/**
 * Plans the files of a worker that is complete in itself: for workspaces that have the runtime as a package, and no
 * library which starts workers.
 */
export function planStandalone(
  files: Plan,
  { files: sources }: QueueWorkspace,
  worker: StandaloneWorker,
): void {
  const { name, root, neighbour } = worker;
  const values = {
    ...worker,
    health: `${RUNTIME_PACKAGE}/health`,
    exec: getPackageManagerCommand().exec,
  };
  for (const [template, file] of Object.entries(SOURCES)) {
    files.create(`${root}/src/${file}`, templates(template), values);
  }
  const hasTests = neighbour !== undefined && planJest(files, sources, { name, root, neighbour });
  if (hasTests) files.create(`${root}/src/config.spec.ts`, templates('spec'), values);
  const types = ['node', ...(hasTests ? ['jest'] : [])];
  files.create(`${root}/tsconfig.json`, templates('tsconfig'), {
    offset: offsetFromRoot(root),
    tsconfig: rootTsconfig(sources) ?? 'tsconfig.json',
    types: JSON.stringify(types),
  });
}

/** What the inferred targets of such a worker need besides. */
export function standaloneTargets(root: string): object {
  return {
    build: { options: { additionalEntryPoints: [`${root}/src/migrate.ts`] } },
    // In development the tables of the queues are brought up to date with each start.
    serve: { options: { prepare: ['queue migrate'] } },
  };
}

/** Each folder of templates holds one file, so that each file can go where the plan says. */
function templates(name: string): string {
  return join(__dirname, 'files/standalone', name);
}

/** The tests of a worker run as those of its neighbour, if that stands beside it: then all relative paths are the same. */
function planJest(
  files: Plan,
  sources: SourceFiles,
  { name, root, neighbour }: { name: string; root: string; neighbour: ProjectEntry },
): boolean {
  const config = JEST_CONFIGS.find((file) => sources.isFile(`${neighbour.root}/${file}`));
  if (config === undefined || posix.dirname(neighbour.root) !== posix.dirname(root)) return false;
  const own = posix.basename(neighbour.root);
  const text = sources.read(`${neighbour.root}/${config}`, 'utf-8') ?? '';
  files.createBy(`${root}/${config}`, (tree) => {
    tree.write(
      `${root}/${config}`,
      text
        .replace(/(displayName: ['"])[^'"]*/, (_, start: string) => start + name)
        .replace(/(coverageDirectory: ['"][^'"]*\/)[^'"/]*(?=['"])/, (whole, start: string) =>
          whole.endsWith(`/${own}`) ? start + name : whole,
        ),
    );
  });
  const spec = `${neighbour.root}/tsconfig.spec.json`;
  if (sources.isFile(spec)) {
    files.createBy(`${root}/tsconfig.spec.json`, (tree) => {
      tree.write(`${root}/tsconfig.spec.json`, specSettings(sources.read(spec, 'utf-8') ?? '{}'));
    });
  }
  return true;
}

interface SpecSettings {
  extends?: string;
  compilerOptions?: Record<string, unknown>;
  references?: unknown;
}

/** Those of the neighbour, but that the worker is one program, to which no other refers. */
function specSettings(text: string): string {
  const settings = parseJson<SpecSettings>(text);
  delete settings.references;
  const compilerOptions = { noEmit: false, ...settings.compilerOptions };
  return `${JSON.stringify({ ...settings, compilerOptions }, undefined, 2)}\n`;
}
