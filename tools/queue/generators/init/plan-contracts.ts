import { join, posix } from 'node:path';
import { getPackageManagerCommand, offsetFromRoot, parseJson } from '@nx/devkit';
import {
  PLUGIN_NAME,
  type ProjectEntry,
  type QueueWorkspace,
  rootTsconfig,
  type SourceFiles,
  TAGS,
} from '../../workspace/index';
import { ProjectChoiceError } from '../plan/choose-project';
import type { Plan } from '../plan/plan';
import { JsonText } from './json-edits';

/** The library that holds the contracts. */
export interface ContractsLibrary {
  name: string;
  /** Relative to the workspace root. */
  root: string;
  /** What the import paths of its contracts begin with: `@acme/jobs`. */
  specifier: string;
}

/** Plans a library for contracts, each with an import path of its own. */
export function planContracts(
  files: Plan,
  { files: sources }: QueueWorkspace,
  projects: Readonly<Record<string, ProjectEntry>>,
  name: string,
): ContractsLibrary {
  const root = libraryFolder(sources, projects, name);
  if (name in projects || sources.exists(root)) {
    throw new ProjectChoiceError(
      `The library of contracts cannot be called "${name}": ${name in projects ? 'a project has that name' : `${root} exists`}. ` +
        `Nothing was written. Pass another name, such as --jobs=job-contracts, or give that project the tag "${TAGS.jobs}".`,
    );
  }
  const tsconfig = rootTsconfig(sources) ?? 'tsconfig.json';
  const scope = scopeOf(sources);
  const library = { name, root, specifier: scope === undefined ? name : `@${scope}/${name}` };
  const offset = offsetFromRoot(root);
  const values = {
    ...library,
    offset,
    tsconfig,
    plugin: PLUGIN_NAME,
    exec: getPackageManagerCommand().exec,
  };
  files.createBy(`${root}/project.json`, (tree) => {
    const project = {
      name,
      $schema: `${offset}node_modules/nx/schemas/project-schema.json`,
      projectType: 'library',
      sourceRoot: `${root}/src`,
      tags: [TAGS.jobs],
    };
    tree.write(`${root}/project.json`, `${JSON.stringify(project, undefined, 2)}\n`);
  });
  files.create(`${root}/tsconfig.json`, templates('contracts-tsconfig'), values);
  files.create(`${root}/README.md`, templates('contracts-readme'), values);
  files.edit(tsconfig, (text) => {
    const json = new JsonText(text);
    const path = ['compilerOptions', 'paths', `${library.specifier}/*`];
    const prefix = json.get(['compilerOptions', 'baseUrl']) === undefined ? './' : '';
    json.set(path, [`${prefix}${root}/src/*.job.ts`]);
    return json.text;
  });
  return library;
}

function templates(name: string): string {
  return join(__dirname, 'files', name);
}

interface WorkspaceLayout {
  workspaceLayout?: { libsDir?: string };
}

/** Where the libraries of a workspace are: by nx.json, beside another library, or as Nx places its own. */
function libraryFolder(
  files: SourceFiles,
  projects: Readonly<Record<string, ProjectEntry>>,
  name: string,
): string {
  const { workspaceLayout } = parseJson<WorkspaceLayout>(files.read('nx.json', 'utf-8') ?? '{}');
  if (workspaceLayout?.libsDir !== undefined) return posix.join(workspaceLayout.libsDir, name);
  const roots = Object.values(projects).map(({ root }) => root);
  const folder = ['libs', 'packages'].find(
    (candidate) =>
      files.exists(candidate) || roots.some((root) => root.startsWith(`${candidate}/`)),
  );
  const usesApps = roots.some((root) => root.startsWith('apps/'));
  return posix.join(folder ?? (usesApps ? 'libs' : '.'), name);
}

/** `acme` of the workspace `@acme/source`. */
function scopeOf(files: SourceFiles): string | undefined {
  const { name = '' } = parseJson<{ name?: string }>(files.read('package.json', 'utf-8') ?? '{}');
  return /^@([^/]+)\//.exec(name)?.[1];
}
