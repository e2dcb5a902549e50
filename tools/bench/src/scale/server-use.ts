import { type PrivateServers, ExperimentError } from '@tools/experiment';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { cpuTimeWithChildren } from '../measure/process-usage';

/** What a store has done since it started, and who is connected to it. */
export interface ServerUse {
  /** CPU time of all its processes, in milliseconds. */
  readonly cpu: number;
  /** Transactions of Postgres; what Redis has read from its connections, a pipeline once. */
  readonly requests: number;
  readonly connections: number;
}

/** Asks one store what it does. What it asks counts too, which is nothing beside jobs. */
export interface ServerGauge {
  readonly url: string;
  read(): Promise<ServerUse>;
  close(): Promise<void>;
}

/** The name of the workers' connections. Pools of this process open and close others. */
export const APPLICATION = 'scale';

const POSTGRES_USE = `
  SELECT xact_commit + xact_rollback AS requests,
         (SELECT count(*)::integer FROM pg_stat_activity
           WHERE datname = current_database() AND application_name LIKE '${APPLICATION}%') AS connections
    FROM pg_stat_database WHERE datname = current_database()`;

export async function postgresGauge({ postgres }: PrivateServers): Promise<ServerGauge> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  return {
    url: postgres.url,
    read: async () => {
      const cpu = await cpuTimeWithChildren(postgres.pid);
      if (cpu === undefined) throw new ExperimentError('Only on Linux: /proc has the CPU time.');
      const { rows } = await client.query<{ requests: string; connections: number }>(POSTGRES_USE);
      const [{ requests, connections } = { requests: '0', connections: 0 }] = rows;
      return { cpu, requests: Number(requests), connections };
    },
    close: () => client.end(),
  };
}

export function redisGauge({ redis }: PrivateServers): ServerGauge {
  if (redis === undefined) throw new ExperimentError('No Redis was started.');
  const client = new Redis(redis.url);
  return {
    url: redis.url,
    read: async () => {
      const info = await client.info();
      const field = (name: string) => Number(new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]);
      return {
        cpu: (field('used_cpu_user') + field('used_cpu_sys')) * 1_000,
        requests: field('total_reads_processed'),
        connections: field('connected_clients') - 1,
      };
    },
    close: async () => {
      await client.quit();
    },
  };
}
