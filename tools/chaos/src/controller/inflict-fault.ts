import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { ChaosStores } from '@tools/experiment';
import type { Fault } from '../faults/schedule';
import type { ChildProcesses } from './child-processes';

/**
 * Does what a schedule says. What takes a while (a frozen worker) goes on in the background; a server
 * that was killed runs again when this resolves.
 *
 * @returns what it was done to, for the log; `undefined` if there was nothing to do it to
 */
export async function inflict(
  { kind, target, lasts }: Fault,
  children: ChildProcesses,
  stores: ChaosStores,
): Promise<string | undefined> {
  switch (kind) {
    case 'worker: kill -9':
      return processName(children.kill('worker', target));
    case 'producer: kill -9':
      return processName(children.kill('producer', target));
    case 'operator: kill -9':
      return processName(children.kill('operator', target));
    case 'worker: SIGTERM':
      return processName(children.stopInOrder('worker', target));
    case 'worker: frozen':
      return processName(children.freeze('worker', target, lasts));
    case 'child: kill -9':
      return processName(await children.killChildOf('worker', target));
    case 'postgres: kill -9':
      stores.postgres.kill();
      await stores.postgres.start();
      return 'postgres';
    case 'postgres: connections ended':
      return `${await endConnections(stores.direct.databaseUrl)} connections`;
    case 'network: halted':
      for (const network of stores.networks) network.halt();
      await sleep(lasts);
      for (const network of stores.networks) network.resume();
      return 'all networks';
    case 'network: cut':
      // First silence, as when a cable is pulled; then the connections are gone.
      for (const network of stores.networks) network.halt();
      await sleep(lasts);
      for (const network of stores.networks) network.cut();
      for (const network of stores.networks) network.resume();
      return 'all networks';
    case 'redis: kill -9':
      await stores.redis?.kill();
      await stores.redis?.start();
      return 'redis';
  }
}

async function endConnections(connectionString: string): Promise<number> {
  const client = new Client({ connectionString, application_name: 'chaos-controller' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
          and application_name <> 'chaos-controller'`,
    );
    return rowCount ?? 0;
  } finally {
    await client.end();
  }
}

function processName(pid: number | undefined): string | undefined {
  return pid === undefined ? undefined : `process ${pid}`;
}
