import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Fault } from '../faults/schedule';
import type { ChildProcesses } from '../processes/child-processes';
import type { ChaosStores } from '../stores/chaos-stores';

/**
 * Inflicts one fault. A frozen worker is resumed in the background; a killed server runs again when this
 * resolves.
 *
 * @returns what was hit, for the log; `undefined` if there was no process to hit
 */
export async function inflictFault(
  { kind, target, lasts }: Fault,
  children: ChildProcesses,
  { servers, replicated, networks, direct }: ChaosStores,
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
    case 'sandbox: kill -9':
      return processName(await children.killChildOf('worker', target));
    case 'postgres: kill -9':
      servers.postgres.kill();
      await servers.postgres.start();
      return 'postgres';
    case 'postgres: connections ended':
      return `${await endConnections(direct.databaseUrl)} connections`;
    case 'network: halted':
      for (const network of networks) network.halt();
      await sleep(lasts);
      for (const network of networks) network.resume();
      return 'all networks';
    case 'network: cut':
      // Silent first, as after a cable is pulled; then the connections are reset.
      for (const network of networks) network.halt();
      await sleep(lasts);
      for (const network of networks) network.reset();
      for (const network of networks) network.resume();
      return 'all networks';
    case 'master: kill -9':
      return replicated?.replaceDeadMaster();
    case 'master: frozen':
      return replicated?.replaceFrozenMaster();
    case 'master: handed over':
      return replicated?.handOver();
    case 'redis: kill -9':
      await servers.redis?.kill();
      await servers.redis?.start();
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
