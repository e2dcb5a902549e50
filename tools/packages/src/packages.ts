import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A project of this workspace that is also an npm package. */
export interface PackageProject {
  /** Of the package. */
  readonly name: string;
  /** Relative to the workspace root. */
  readonly project: string;
  /** What its users load: their packages are required, all others optional. Relative to the project. */
  readonly main: readonly string[];
  /** Files that are published as they are, by their paths in the project. */
  readonly assets?: RegExp;
  /** Where the files of a new workspace are written, if they are part of it. Relative to the package. */
  readonly template?: string;
  /** The largest tarball, in kB. */
  readonly maxKilobytes: number;
}

export const RUNTIME: PackageProject = {
  name: 'nest-job-queue',
  project: 'libs/queue',
  main: ['src/index.ts', 'src/consumer.ts'],
  maxKilobytes: 1_300,
};

export const PLUGIN: PackageProject = {
  name: 'nx-job-queue',
  project: 'tools/queue',
  main: [
    ...implementations('tools/queue'),
    'generators/sync/sync.ts',
    'launch/build-program.ts',
    'serve/index.ts',
  ],
  assets:
    /^(?!jest|(?:.*\/)?testing\/)(?:(?:executors|generators|migrations)\.json|types\/.*\.d\.ts|.*(?:\.[cm]js|\.d\.[cm]ts|\.css|\.template|schema\.json))$/,
  template: 'generators/preset/files',
  maxKilobytes: 1_050,
};

/** A command alone: nothing can be imported from it. */
export const CREATE: PackageProject = {
  name: 'create-nx-job-queue',
  project: 'tools/create',
  main: ['src/create.main.ts'],
  maxKilobytes: 10,
};

export const PACKAGES: readonly PackageProject[] = [RUNTIME, PLUGIN, CREATE];

interface Collection {
  readonly executors?: Record<string, { readonly implementation: string }>;
  readonly generators?: Record<string, { readonly factory: string }>;
}

/** The files behind the executors, the generators and the migrations of a plugin of Nx. */
function implementations(project: string): string[] {
  const read = (name: string) =>
    JSON.parse(readFileSync(join(__dirname, '../../..', project, name), 'utf8')) as Collection;
  const { executors = {} } = read('executors.json');
  const { generators = {} } = read('generators.json');
  const { generators: migrations = {} } = read('migrations.json');
  return [
    ...Object.values(executors).map(({ implementation }) => implementation),
    ...Object.values({ ...generators, ...migrations }).map(({ factory }) => factory),
  ]
    .filter((path) => !path.endsWith('.cjs'))
    .map((path) => `${path}.ts`);
}
