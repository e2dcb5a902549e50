import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { ServicesError } from '../services.error';

/** The account that Postgres runs as. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/**
 * The services were started as root, and there is no other account to run Postgres as.
 *
 * To do: run the command as an ordinary user.
 *
 * @group Development services
 */
export class AccountError extends ServicesError {
  override readonly code = 'SERVICES_ACCOUNT';
}

/**
 * Postgres refuses to run as root. An ordinary user runs it directly (`undefined`). Root runs it as the
 * owner of the data folder if that exists, else of the workspace (so that using `sudo` once does not lock
 * the owner out), else as `postgres` (`_postgres` on macOS), else as `nobody`, which every system has. No
 * account is ever created.
 */
export function serverAccount(folders: readonly string[]): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const folder of folders) {
    const owner = statSync(folder, { throwIfNoEntry: false })?.uid;
    // initdb looks its user up by name, so an owner known only in another container does not work.
    const account = owner ? findAccount(String(owner)) : undefined;
    if (account) return account;
  }
  const account = findAccount('postgres') ?? findAccount('_postgres') ?? findAccount('nobody');
  if (account) return account;
  throw new AccountError(
    'Postgres refuses to run as root, and this system has no account "postgres" or "nobody". ' +
      'Run the command as an ordinary user.',
  );
}

function findAccount(user: string): Account | undefined {
  const ask = (what: string): string | undefined => {
    const { status, stdout } = spawnSync('id', [what, user], { encoding: 'utf8' });
    return status === 0 ? stdout.trim() : undefined;
  };
  const [name, uid, gid] = [ask('-nu'), ask('-u'), ask('-g')];
  return name && uid && gid ? { name, uid: Number(uid), gid: Number(gid) } : undefined;
}
