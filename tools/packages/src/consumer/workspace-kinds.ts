import type { CreatedWorkspace } from './created-workspace';
import { NEST_12 } from './nest-12';

/** A kind of workspace that `create-nx-workspace` makes, with a Nest application called api. */
export interface WorkspaceKind {
  /** What the runs of this folder call it. */
  readonly name: string;
  readonly preset: string;
  /** Further options of `create-nx-workspace`. */
  readonly options: readonly string[];
  /** Adds the api, if the preset has none. */
  readonly addApi?: (workspace: CreatedWorkspace, nxVersion: string) => Promise<void>;
  /** Its project, its folder, and where it is built. */
  readonly api: { readonly project: string; readonly root: string; readonly main: string };
  /** Where the worker is built. */
  readonly worker: string;
  /** What a person writes to add a job, by the path in the api; by default as Nx generates an application. */
  readonly sources?: Readonly<Record<string, string>>;
}

const KINDS: readonly WorkspaceKind[] = [
  {
    name: 'nest',
    preset: 'nest',
    options: ['--appName=api'],
    api: { project: 'api', root: 'apps/api', main: 'dist/apps/api/main.js' },
    worker: 'dist/apps/worker',
  },
  {
    // Projects are packages, and are compiled by references.
    name: 'ts',
    preset: 'ts',
    options: [],
    addApi: async (workspace, nxVersion) => {
      await workspace.nx('add', `@nx/nest@${nxVersion}`);
      const options = ['--linter=eslint', '--unitTestRunner=jest', '--e2eTestRunner=none'];
      await workspace.nx('g', '@nx/nest:app', 'packages/api', ...options);
    },
    api: { project: '@shop/api', root: 'packages/api', main: 'packages/api/dist/main.js' },
    worker: 'dist/packages/worker',
  },
  NEST_12,
];

/** @throws Error if there is no such kind */
export function workspaceKind(name: string): WorkspaceKind {
  const found = KINDS.find((kind) => kind.name === name);
  if (found) return found;
  throw new Error(`Pass one of: ${KINDS.map((kind) => kind.name).join(', ')}.`);
}
