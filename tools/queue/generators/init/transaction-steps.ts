import { posix } from 'node:path';
import { parseJson } from '@nx/devkit';
import type { SourceFiles } from '../../workspace/index';
import type { NestApp } from '../plan/nest-apps';

interface Library {
  readonly name: string;
  /** What begins a transaction, up to the name of what its function is passed. */
  readonly begin: string;
  readonly transaction: string;
  /** The export of the runtime that makes a manager of it; none if it is one. */
  readonly adapter?: string;
}

/** By the package that is listed where it is used. */
const LIBRARIES: Readonly<Record<string, Library>> = {
  typeorm: { name: 'TypeORM', begin: 'dataSource.transaction', transaction: 'manager' },
  '@prisma/client': {
    name: 'Prisma',
    begin: 'prisma.$transaction',
    transaction: 'tx',
    adapter: 'fromPrisma',
  },
  'drizzle-orm': {
    name: 'Drizzle',
    begin: 'db.transaction',
    transaction: 'tx',
    adapter: 'fromDrizzle',
  },
  knex: { name: 'Knex', begin: 'knex.transaction', transaction: 'trx', adapter: 'fromKnex' },
};

interface Manifest {
  readonly dependencies?: object;
  readonly devDependencies?: object;
}

/**
 * How a row and its job become one transaction, with the libraries that the package.json of the workspace, or of its api,
 * lists.
 *
 * @param runtime what the runtime is imported by
 */
export function transactionSteps(
  files: SourceFiles,
  api: NestApp | undefined,
  runtime: string,
): string {
  const manifests = ['package.json', ...(api ? [posix.join(api.root, 'package.json')] : [])];
  const listed = new Set(
    manifests
      .filter((path) => files.isFile(path))
      .map((path) => parseJson<Manifest>(files.read(path, 'utf-8') ?? '{}'))
      .flatMap(({ dependencies = {}, devDependencies = {} }) =>
        Object.keys({ ...dependencies, ...devDependencies }),
      ),
  );
  return Object.entries(LIBRARIES)
    .filter(([name]) => listed.has(name))
    .map(([, library]) => stepsOf(library, runtime))
    .join('');
}

function stepsOf({ name, begin, transaction, adapter }: Library, runtime: string): string {
  const manager = adapter === undefined ? transaction : `manager: ${adapter}(${transaction})`;
  const origin = adapter === undefined ? '' : ` // import { ${adapter} } from '${runtime}'`;
  return `
A row and its job in one transaction of ${name} on PostgreSQL:
  await ${begin}(async (${transaction}) => {
    // … write the row
    await emailJobs.add(data, { ${manager} });${origin}
  });
`;
}
