import { join, posix } from 'node:path';
import { offsetFromRoot, parseJson } from '@nx/devkit';
import {
  PLUGIN_NAME,
  type ProjectEntry,
  type QueueWorkspace,
  rootTsconfig,
  type SourceFiles,
  TAGS,
  packageManager,
} from '../../workspace/index';
import { ProjectChoiceError } from '../plan/choose-project';
import { checksLike, eslintLike } from '../plan/checks-like';
import { JsonText } from '../plan/json-edits';
import type { Plan } from '../plan/plan';
import { packageLayout, type PackageLayout, scopeOf } from '../plan/package-layout';

/** The library that holds the contracts. */
export interface ContractsLibrary {
  name: string;
  /** Relative to the workspace root. */
  root: string;
  /** What the import paths of its contracts begin with: `@acme/jobs`. */
  specifier: string;
  /** Whether the package manager has to link it. */
  isPackage: boolean;
}

/** The library of contracts that is there already; undefined for none, and for several. */
export function presentContracts({
  files,
  contractProjects,
}: QueueWorkspace): ContractsLibrary | undefined {
  const [only, second] = contractProjects;
  if (only === undefined || second !== undefined) return undefined;
  const manifest = posix.join(only.root, 'package.json');
  const text = files.isFile(manifest) ? files.read(manifest, 'utf-8') : null;
  const { name: specifier } = parseJson<{ name?: string }>(text ?? '{}');
  if (specifier === undefined) return undefined;
  return { ...only, specifier, isPackage: packageLayout(files) !== undefined };
}

/** Plans a library for contracts, each with an import path of its own. It is linted like an application. */
export function planContracts(
  files: Plan,
  { files: sources }: QueueWorkspace,
  projects: Readonly<Record<string, ProjectEntry>>,
  { name, like }: { name: string; like: ProjectEntry | undefined },
): ContractsLibrary {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new ProjectChoiceError(
      `The library of contracts cannot be called "${name}": it is also a folder and part of import paths. Nothing was written. ` +
        'Use lower-case words joined by hyphens, such as --jobs=job-contracts.',
    );
  }
  const root = libraryFolder(sources, projects, name);
  if (name in projects || sources.exists(root)) {
    throw new ProjectChoiceError(
      `The library of contracts cannot be called "${name}": ${name in projects ? 'a project has that name' : `${root} exists`}. ` +
        `Nothing was written. Pass another name, such as --jobs=job-contracts, or give that project the tag "${TAGS.jobs}".`,
    );
  }
  const tsconfig = rootTsconfig(sources) ?? 'tsconfig.json';
  const layout = packageLayout(sources);
  const scope = scopeOf(sources);
  const specifier = scope === undefined ? name : `@${scope}/${name}`;
  const library = { name, root, specifier, isPackage: layout !== undefined };
  const offset = offsetFromRoot(root);
  const values = {
    ...library,
    offset,
    tsconfig,
    plugin: PLUGIN_NAME,
    exec: packageManager().exec,
  };
  files.create(`${root}/README.md`, templates('contracts-readme'), values);
  if (layout) {
    planPackage(files, library, layout, values);
    return library;
  }
  const checks = checksLike(like, { root, jestConfig: undefined });
  const eslint = eslintLike(sources, like, { root, programs: ['tsconfig.json'] });
  if (eslint) {
    files.createBy(eslint.file, (tree) => {
      tree.write(eslint.file, eslint.text);
    });
  }
  files.createBy(`${root}/project.json`, (tree) => {
    const project = {
      name,
      $schema: `${offset}node_modules/nx/schemas/project-schema.json`,
      projectType: 'library',
      sourceRoot: `${root}/src`,
      tags: [TAGS.jobs],
      ...(Object.keys(checks).length > 0 && { targets: checks }),
    };
    tree.write(`${root}/project.json`, `${JSON.stringify(project, undefined, 2)}\n`);
  });
  files.create(`${root}/tsconfig.json`, templates('contracts-tsconfig'), values);
  files.edit(tsconfig, (text) => {
    const json = new JsonText(text);
    const path = ['compilerOptions', 'paths', `${library.specifier}/*`];
    const prefix = json.get(['compilerOptions', 'baseUrl']) === undefined ? './' : '';
    json.set(path, [`${prefix}${root}/src/*.job.ts`]);
    return json.text;
  });
  return library;
}

/** A package of its own, whose sources are what others import: the bundlers of applications compile them. */
function planPackage(
  files: Plan,
  { name, root, specifier }: ContractsLibrary,
  { condition }: PackageLayout,
  values: object,
): void {
  const source = './src/*.job.ts';
  files.createBy(`${root}/package.json`, (tree) => {
    const manifest = {
      name: specifier,
      version: '0.0.1',
      private: true,
      exports: {
        './package.json': './package.json',
        './*': {
          ...(condition !== undefined && { [condition]: source }),
          types: source,
          default: source,
        },
      },
      nx: { name, sourceRoot: `${root}/src`, tags: [TAGS.jobs] },
    };
    tree.write(`${root}/package.json`, `${JSON.stringify(manifest, undefined, 2)}\n`);
  });
  files.create(`${root}/tsconfig.json`, templates('package-tsconfig'), values);
  files.create(`${root}/tsconfig.lib.json`, templates('package-tsconfig-lib'), values);
  // A program without a file does not compile, and the first contract comes later.
  files.create(`${root}/src/index.ts`, templates('package-index'), values);
  files.edit('tsconfig.json', (text) => withReference(text, root));
}

/** The text of a tsconfig.json that refers to one more project. */
function withReference(text: string, root: string): string {
  const json = new JsonText(text);
  json.append(['references'], { path: `./${root}` });
  return json.text;
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
  const folderOfPackages = packageLayout(files)?.folder;
  if (folderOfPackages !== undefined) return posix.join(folderOfPackages, name);
  if (workspaceLayout?.libsDir !== undefined) return posix.join(workspaceLayout.libsDir, name);
  const roots = Object.values(projects).map(({ root }) => root);
  const folder = ['libs', 'packages'].find(
    (candidate) =>
      files.exists(candidate) || roots.some((root) => root.startsWith(`${candidate}/`)),
  );
  const usesApps = roots.some((root) => root.startsWith('apps/'));
  return posix.join(folder ?? (usesApps ? 'libs' : '.'), name);
}
