/** A program that runs what was built, as an npm package. */
export interface Runtime {
  readonly name: string;
  readonly version: string;
  /** Its program in `node_modules/.bin`. */
  readonly program: string;
  /** Before the name of the file. */
  readonly args?: readonly string[];
}

/** A package manager that installs what was built, as an npm package. */
export interface Installer {
  readonly name: string;
  readonly version: string;
  readonly program: string;
  /** The version of Node.js that runs it, if it needs a newer one than this workspace. */
  readonly node?: string;
  /** In their order, in the folder that was built. */
  readonly commands: readonly (readonly string[])[];
  /** Files that it needs there, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

export const RUNTIMES: readonly Runtime[] = [
  ...['20.20.2', '22.23.3', '24.21.0', '26.10.0'].map((version) => ({
    name: 'node',
    version,
    program: 'node',
  })),
  { name: 'bun', version: '1.4.5', program: 'bun' },
  { name: 'deno', version: '2.9.6', program: 'deno', args: ['run', '--allow-all'] },
];

const CI = [['ci', '--omit=dev']];
const IMPORT = [['import'], ['install', '--prod', '--frozen-lockfile']];

export const INSTALLERS: readonly Installer[] = [
  ...['10.9.9', '11.21.2', '12.2.2'].map((version) => ({
    name: 'npm',
    version,
    program: 'npm',
    commands: CI,
  })),
  ...['10.34.9', '11.28.11', '12.21.0'].map((version) => ({
    name: 'pnpm',
    version,
    program: 'pnpm',
    node: '22.23.3',
    commands: IMPORT,
  })),
  {
    name: '@yarnpkg/cli-dist',
    version: '4.18.1',
    program: 'yarn',
    commands: [['install', '--no-immutable']],
    files: { '.yarnrc.yml': 'nodeLinker: node-modules\nenableTelemetry: false\n' },
  },
  {
    name: 'bun',
    version: '1.4.5',
    program: 'bun',
    commands: [['install', '--production']],
  },
];
