import { join, posix } from 'node:path';
import { offsetFromRoot, parseJson } from '@nx/devkit';
import {
  type ProjectEntry,
  type QueueWorkspace,
  rootTsconfig,
  type SourceFiles,
  TAGS,
  packageManager,
} from '../../workspace/index';
import { RUNTIME_PACKAGE } from '../../workspace/runtime-package';
import { checksLike, eslintLike } from '../plan/checks-like';
import { JsonText } from '../plan/json-edits';
import { packageLayout, scopeOf } from '../plan/package-layout';
import type { Plan } from '../plan/plan';
import { planJest } from './plan-jest';

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

/**
 * Plans the files of a worker that is complete in itself: for workspaces that have the runtime as a package, and no
 * library which starts workers.
 */
export function planStandalone(
  files: Plan,
  workspace: QueueWorkspace,
  worker: StandaloneWorker,
): void {
  const { files: sources } = workspace;
  const { name, root, neighbour } = worker;
  const isPackage = packageLayout(sources) !== undefined;
  const values = {
    ...worker,
    health: `${RUNTIME_PACKAGE}/health`,
    exec: packageManager().exec,
  };
  for (const [template, file] of Object.entries(SOURCES)) {
    files.create(`${root}/src/${file}`, templates(template), values);
  }
  const jestConfig = neighbour && planJest(files, sources, { name, root, neighbour, isPackage });
  const hasTests = jestConfig !== undefined;
  if (hasTests) files.create(`${root}/src/config.spec.ts`, templates('spec'), values);
  const checks = checksLike(neighbour, { root, jestConfig });
  const programs = ['tsconfig.json', ...(hasTests ? ['tsconfig.spec.json'] : [])];
  const eslint = eslintLike(sources, neighbour, { root, programs });
  if (eslint) {
    files.createBy(eslint.file, (tree) => {
      tree.write(eslint.file, eslint.text);
    });
  }
  if (isPackage) {
    planPackage(files, workspace, worker, { hasTests, checks });
    return;
  }
  files.createBy(`${root}/project.json`, (tree) => {
    const project = {
      name,
      $schema: `${offsetFromRoot(root)}node_modules/nx/schemas/project-schema.json`,
      ...projectOf(worker, checks),
    };
    tree.write(`${root}/project.json`, toJson(project));
  });
  const types = ['node', ...(hasTests ? ['jest'] : [])];
  files.create(`${root}/tsconfig.json`, templates('tsconfig'), {
    offset: offsetFromRoot(root),
    tsconfig: rootTsconfig(sources) ?? 'tsconfig.json',
    types: JSON.stringify(types),
  });
}

/** What Nx is told of such a worker; its other targets are inferred. */
function projectOf({ root, neighbour }: StandaloneWorker, checks: object): object {
  return {
    projectType: 'application',
    sourceRoot: `${root}/src`,
    tags: [...new Set([...(neighbour?.tags ?? []), TAGS.worker])],
    targets: {
      build: { options: { additionalEntryPoints: [`${root}/src/migrate.ts`] } },
      // In development the tables of the queues are brought up to date with each start.
      serve: { options: { prepare: ['queue migrate'] } },
      ...checks,
    },
  };
}

/** Where projects are packages: one more, that depends on the contracts, and is compiled by references. */
function planPackage(
  files: Plan,
  { files: sources, contractProjects }: QueueWorkspace,
  worker: StandaloneWorker,
  { hasTests, checks }: { hasTests: boolean; checks: object },
): void {
  const { name, root } = worker;
  const scope = scopeOf(sources);
  const range = packageManager().workspaceRange;
  const contracts = contractProjects.map((project) => ({
    name: packageNameOf(sources, project.root),
    path: posix.relative(root, project.root),
  }));
  files.createBy(`${root}/package.json`, (tree) => {
    const manifest = {
      name: scope === undefined ? name : `@${scope}/${name}`,
      version: '0.0.1',
      private: true,
      dependencies: Object.fromEntries(contracts.map((contract) => [contract.name, range])),
      nx: { name, ...projectOf(worker, checks) },
    };
    tree.write(`${root}/package.json`, toJson(manifest));
  });
  const references = (paths: readonly string[]) => JSON.stringify(paths.map((path) => ({ path })));
  const values = {
    offset: offsetFromRoot(root),
    tsconfig: rootTsconfig(sources) ?? 'tsconfig.json',
  };
  const own = ['./tsconfig.app.json', ...(hasTests ? ['./tsconfig.spec.json'] : [])];
  files.create(`${root}/tsconfig.json`, templates('solution'), {
    ...values,
    references: references(own),
  });
  files.create(`${root}/tsconfig.app.json`, templates('solution-app'), {
    ...values,
    references: references(contracts.map(({ path }) => `${path}/tsconfig.lib.json`)),
  });
  files.edit('tsconfig.json', (text) => {
    const json = new JsonText(text);
    json.append(['references'], { path: `./${root}` });
    return json.text;
  });
}

function packageNameOf(sources: SourceFiles, root: string): string {
  const text = sources.read(`${root}/package.json`, 'utf-8') ?? '{}';
  return parseJson<{ name?: string }>(text).name ?? root;
}

function toJson(content: object): string {
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** Each folder of templates holds one file, so that each file can go where the plan says. */
function templates(name: string): string {
  return join(__dirname, 'files/standalone', name);
}
