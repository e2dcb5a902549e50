import { once } from 'node:events';
import { listenOnFree } from '../free-port';
import { writeJsonFile } from '../json-file';
import { MailStore } from '../mail/mail-store';
import { createMailboxServer } from '../mail/mailbox-http';
import { createSmtpCatcher } from '../mail/smtp-catcher';
import { databaseUrl } from '../postgres/database';
import { readPostmasterFile } from '../postgres/postmaster-file';
import { stopServer } from '../postgres/server';
import { currentDataFolder } from '../postgres/server-files';
import { processStart } from '../process-identity';
import { POSTGRES_ROLES, type ServicePaths } from '../service-paths';
import { withStartupLock } from '../startup-lock';
import { IdleWatch } from './idle-watch';
import { type KeeperFile, readKeeperFile } from './keeper-file';

/** Tried first, so that a bookmark of the mailbox keeps working. */
const PREFERRED_PORTS = { smtp: 54325, http: 54380 };

export interface KeeperOptions {
  paths: ServicePaths;
  idleMs: number;
  /** How often it polls whether Postgres is in use. */
  lookEveryMs: number;
}

/**
 * The background process next to Postgres: catches mail, shows it, and stops itself and Postgres after both
 * were unused for a while. Resolves when it has ended.
 */
export async function keepServices({ paths, idleMs, lookEveryMs }: KeeperOptions): Promise<void> {
  const watch = new IdleWatch(
    idleMs,
    POSTGRES_ROLES.map((role) => () => urlOf(currentDataFolder(paths, role))),
  );

  const previous = readKeeperFile(paths.keeper);
  const store = new MailStore(paths.mail);
  const smtp = createSmtpCatcher(store, watch.use);
  smtp.on('error', (error) => {
    log(`SMTP: ${error.message}`);
  });
  const smtpPort = await listenOnFree(smtp.server, [previous?.smtpPort, PREFERRED_PORTS.smtp]);
  const http = createMailboxServer({
    store,
    smtpUrl: () => `smtp://127.0.0.1:${smtpPort}`,
    onUse: watch.use,
    keeperStatus: () => ({ pid: process.pid, folder: paths.folder, stopsAt: watch.stopsAt }),
  });
  const httpPort = await listenOnFree(http, [previous?.httpPort, PREFERRED_PORTS.http]);

  const me: KeeperFile = {
    pid: process.pid,
    start: processStart(process.pid) ?? 'unknown',
    startedAt: new Date().toISOString(),
    smtpPort,
    httpPort,
  };
  writeJsonFile(paths.keeper, me);
  log(`mail on 127.0.0.1:${smtpPort}, mailbox on http://127.0.0.1:${httpPort}`);

  const reason = await untilOver({ paths, watch, me, lookEveryMs });
  log(`stops: ${reason}`);
  await watch.close();
  http.close();
  http.closeAllConnections();
  await new Promise<void>((resolve) => {
    smtp.close(resolve);
  });
}

interface Watching {
  paths: ServicePaths;
  watch: IdleWatch;
  me: KeeperFile;
  lookEveryMs: number;
}

/** Resolves to the reason why the keeper ends. */
async function untilOver({ paths, watch, me, lookEveryMs }: Watching): Promise<string> {
  const signal = Promise.race([
    once(process, 'SIGTERM').then(() => 'SIGTERM'),
    once(process, 'SIGINT').then(() => 'SIGINT'),
  ]);
  for (;;) {
    const word = await Promise.race([signal, tick(lookEveryMs)]);
    if (word !== undefined) return word;
    // Deleted, or another keeper has taken over: no process could find this one any more.
    if (!isMine(paths, me)) return `${paths.keeper} does not name this process any more`;
    await watch.look();
    if (!watch.isIdle) continue;
    const stopped = await withStartupLock(paths.lock, async () => {
      // `up` may have run while this waited for the lock: that counts as use.
      await watch.look();
      if (!watch.isIdle) return false;
      await watch.close();
      for (const role of POSTGRES_ROLES) await stopServer(currentDataFolder(paths, role));
      return true;
    });
    if (stopped) return 'not used for a while';
  }
}

/** The current URL of the server of a data folder; `undefined` if it does not run. */
function urlOf(data: string): string | undefined {
  const file = readPostmasterFile(data);
  return file.state === 'running' && file.postmaster.ready
    ? databaseUrl(data, file.postmaster.port, 'postgres')
    : undefined;
}

function tick(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined));
}

function isMine(paths: ServicePaths, me: KeeperFile): boolean {
  const file = readKeeperFile(paths.keeper);
  return file?.pid === me.pid && file.start === me.start;
}

function log(line: string): void {
  console.log(`${new Date().toISOString()} [${process.pid}] ${line}`);
}
