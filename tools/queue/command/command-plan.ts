/** What the commands of a workspace are told when they are built. Nothing heavy may be imported here. */
export interface CommandPlan {
  /** What runs a program of the workspace's packages: `npx`. */
  readonly exec: string;
  readonly commands: readonly CommandDescription[];
  /** Those that answer from the last build of an application, and need no store. */
  readonly ofBuilds: readonly CommandDescription[];
  /** The names of all projects. */
  readonly projects: readonly string[];
  readonly workers: readonly CommandedWorker[];
  /** The files, relative to the workspace root, whose function `environment` answers in place of a command, by that command. */
  readonly environmentModules: Readonly<Record<string, string>>;
  /** The key of a contract, by the name of its job. */
  readonly jobs: Readonly<Record<string, string>>;
}

export interface CommandDescription {
  readonly name: string;
  /** The function that the runtime exports for it. */
  readonly run: string;
  readonly description: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  readonly required: readonly string[];
}

export interface CommandOption {
  readonly type: 'string' | 'boolean' | 'number';
  readonly description: string;
}

export interface CommandedWorker {
  readonly name: string;
  /** Relative to the workspace root. */
  readonly root: string;
  /** The keys of its contracts. */
  readonly contracts: readonly string[];
  /** What prints the environment of a command, by its name. */
  readonly environmentCommands: Readonly<Record<string, string>>;
}
