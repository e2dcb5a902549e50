import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A package manager that a created workspace is made with. */
export interface PackageManager {
  readonly name: string;
  /** Its package, which is installed for the run; undefined for the one that comes with Node.js. */
  readonly installed?: string;
  /** What stands before a program of an installed package. */
  readonly exec: readonly [string, ...string[]];
  /** The variables that name a registry to it. */
  readonly registry: (url: string) => NodeJS.ProcessEnv;
}

const PACKAGE_MANAGERS: readonly PackageManager[] = [
  { name: 'npm', exec: ['npx'], registry: () => ({}) },
  {
    name: 'pnpm',
    installed: 'pnpm@10.34.9',
    exec: ['pnpm', 'exec'],
    registry: (url) => ({ pnpm_config_registry: url }),
  },
  {
    name: 'yarn',
    installed: 'yarn@4.18.1',
    exec: ['yarn'],
    registry: (url) => ({
      YARN_NPM_REGISTRY_SERVER: url,
      YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
      YARN_ENABLE_TELEMETRY: '0',
    }),
  },
  {
    name: 'bun',
    installed: 'bun@1.4.5',
    exec: ['bunx'],
    registry: (url) => ({ BUN_CONFIG_REGISTRY: url }),
  },
];

/**
 * @param given `pnpm`, or with a version in place of the one that is tested: `pnpm@10`
 * @throws Error if there is no such package manager
 */
export function packageManager(given: string): PackageManager {
  const [name, version] = given.split('@');
  const found = PACKAGE_MANAGERS.find((candidate) => candidate.name === name);
  if (found === undefined) {
    throw new Error(
      `Pass one of: ${PACKAGE_MANAGERS.map((candidate) => candidate.name).join(', ')}.`,
    );
  }
  return version === undefined ? found : { ...found, installed: `${name}@${version}` };
}

/** Installs a package manager into a folder. @returns the variables with which its command is found there */
export function installPackageManager(
  manager: PackageManager,
  folder: string,
  url: string,
): NodeJS.ProcessEnv {
  const { name, installed, registry } = manager;
  // Others than npm read this one as well, or their own in its place.
  const own = { npm_config_registry: url, ...registry(url) };
  if (installed === undefined) return own;
  const binaries = name === 'yarn' ? join(folder, 'bin') : join(folder, 'node_modules/.bin');
  const env = {
    ...own,
    ...(name === 'yarn' && corepackSettings(folder)),
    PATH: [binaries, process.env['PATH']].join(delimiter),
  };
  const run = (command: string, ...args: readonly string[]) => {
    execFileSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  };
  mkdirSync(binaries, { recursive: true });
  if (name === 'yarn') {
    run('corepack', 'enable', '--install-directory', binaries, name);
    run('corepack', 'install', '--global', installed);
  } else {
    const options = ['--no-save', '--no-audit', '--no-fund', '--prefix', folder];
    // From the registry that npm uses by itself: the one on this machine answers nothing while this process waits.
    execFileSync('npm', ['install', ...options, installed], { stdio: 'inherit' });
  }
  run(name, '--version');
  return env;
}

/** Yarn downloads itself from a site of its own, unless Corepack runs it, which can take it from a registry. */
function corepackSettings(folder: string): NodeJS.ProcessEnv {
  const others = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' });
  return {
    COREPACK_HOME: join(folder, 'corepack'),
    COREPACK_NPM_REGISTRY: others.trim().replace(/\/$/, ''),
    COREPACK_ENABLE_DOWNLOAD_PROMPT: '0',
    // A registry that is a mirror has other signatures.
    COREPACK_INTEGRITY_KEYS: '0',
  };
}
