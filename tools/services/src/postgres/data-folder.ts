import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ServicesError } from '../services.error';
import type { Account } from './account';
import { serverEnvironment } from './server-environment';
import type { ServerFiles } from './server-files';

/**
 * The data folder of Postgres cannot be created or used.
 *
 * To do: follow the message: it may have to be moved aside.
 *
 * @group Development services
 */
export class DataFolderError extends ServicesError {
  override readonly code = 'SERVICES_DATA_FOLDER';
}

export const SUPERUSER = 'postgres';

/** The superuser's password, inside the data folder so that the two stay together. */
const passwordFile = (data: string): string => join(data, 'development.password');

/**
 * Creates the data folder unless it exists.
 *
 * @throws DataFolderError if it cannot be created, is not a Postgres data folder, or has another major
 *   version
 */
export async function ensureDataFolder(files: ServerFiles): Promise<void> {
  const { data } = files;
  if (isMissing(data)) return initialise(files);
  const made = readIfThere(join(data, 'PG_VERSION'))?.trim();
  if (made === undefined || readIfThere(passwordFile(data)) === undefined) {
    throw new DataFolderError(
      `${data} contains files, but no database created by these services. ` +
        `Move it away, or delete it: npx nx run services:down --purge`,
    );
  }
  const [major] = files.version.split('.', 1);
  if (major && made !== major) {
    throw new DataFolderError(
      `${data} was created by Postgres ${made}; node_modules now has Postgres ${major}, which cannot read it. ` +
        `To discard the data: npx nx run services:down --purge. To keep it, install the previous version, save the data with pg_dump, and load it into the new one.`,
    );
  }
}

export function readPassword(data: string): string {
  return readFileSync(passwordFile(data), 'utf8').trim();
}

/**
 * A folder that a killed run left half-made must never be mistaken for a database, so it is created under
 * another name and renamed when complete.
 */
async function initialise({ data, native, account }: ServerFiles): Promise<void> {
  // A new name each time: after kill -9 the initdb of the last attempt may still run.
  for (const left of workshops(data)) rmSync(left, { recursive: true, force: true, maxRetries: 3 });
  const workshop = `${data}.new-${randomBytes(4).toString('hex')}`;
  const draft = join(workshop, 'data');
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  const password = randomBytes(18).toString('base64url');
  const passwordDraft = join(workshop, 'password');
  writeFileSync(passwordDraft, password, { mode: 0o600 });
  if (account) give(account, workshop, draft, passwordDraft);

  try {
    await runInitdb(native, draft, passwordDraft, account);
    writeFileSync(passwordFile(draft), `${password}\n`, { mode: 0o600 });
    if (account) give(account, passwordFile(draft));
    rmSync(data, { recursive: true, force: true });
    renameSync(draft, data);
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

async function runInitdb(
  native: string,
  folder: string,
  pwfile: string,
  account: Account | undefined,
): Promise<void> {
  const child = spawn(
    join(native, 'bin', 'initdb'),
    [
      `--pgdata=${folder}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${pwfile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // The same sort order and case mapping on every machine, whatever its locales.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      // Saves seconds of flushing. The risk, a power cut right now, costs only an empty database.
      '--no-sync',
      '--no-instructions',
      // A random password of 144 bits needs no stretching, which every connection would pay for.
      '--set=scram_iterations=1',
    ],
    {
      cwd: '/',
      env: serverEnvironment(),
      uid: account?.uid,
      gid: account?.gid,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const [stderr, [code]] = await Promise.all([
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]).catch((error: unknown) => {
    // Also "ENOENT" on Alpine Linux: the program exists, but its loader does not.
    throw new DataFolderError(
      `The Postgres in node_modules cannot be run here: ${(error as Error).message}. On Linux it needs glibc ` +
        '(Debian, Ubuntu, Fedora; not Alpine). Set DATABASE_URL to a Postgres of your own to do without.',
      { cause: error },
    );
  });
  if (code === 0) return;
  throw new DataFolderError(
    `Postgres could not create its data folder ${folder}: ${stderr.trim() || 'initdb was killed'}\n` +
      (stderr.includes('No space left')
        ? 'Free some space and run the command again.'
        : 'Run the command again; if it keeps failing, set DATABASE_URL to a Postgres of your own.'),
  );
}

function workshops(data: string): string[] {
  const prefix = `${basename(data)}.new-`;
  return readdirSync(dirname(data))
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(dirname(data), name));
}

function isMissing(folder: string): boolean {
  return !existsSync(folder) || readdirSync(folder).length === 0;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function give({ uid, gid }: Account, ...paths: string[]): void {
  for (const path of paths) chownSync(path, uid, gid);
}
