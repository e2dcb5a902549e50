import { parseArgs } from 'node:util';
import { UsageError } from './usage.error';

const PACKAGE_MANAGERS = ['npm', 'pnpm', 'yarn', 'bun'] as const;

type PackageManager = (typeof PACKAGE_MANAGERS)[number];

/** What a person asks for. */
export interface Wanted {
  /** Of the workspace, and of its folder. */
  readonly name: string;
  readonly packageManager: PackageManager;
  readonly skipGit: boolean;
}

/** npm takes such names, and every file system. */
const NAME = /^[a-z][a-z0-9-]*$/;

/**
 * @param userAgent of the package manager that runs this program, such as `pnpm/11.0.0 npm/? node/v20.20.2 linux x64`
 * @returns `undefined` if help is asked for
 * @throws UsageError
 */
export function readArguments(args: readonly string[], userAgent = ''): Wanted | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const [name, ...more] = positionals;
  if (name === undefined) throw new UsageError('The name of the workspace is missing.');
  if (more.length > 0) throw new UsageError(`One name is enough: ${positionals.join(' ')}.`);
  if (!NAME.test(name)) {
    throw new UsageError(
      `"${name}" cannot be the name: use lower-case letters, digits and hyphens, and begin with a letter.`,
    );
  }
  const chosen = values.pm ?? /^\w+/.exec(userAgent)?.[0] ?? 'npm';
  const packageManager = PACKAGE_MANAGERS.find((known) => known === chosen);
  if (packageManager === undefined) {
    throw new UsageError(`"${chosen}" is no package manager that Nx knows.`);
  }
  return { name, packageManager, skipGit: values['skip-git'] };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        pm: { type: 'string' },
        'skip-git': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
