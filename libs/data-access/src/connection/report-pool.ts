import type { ConnectionPools } from '@libs/health';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { ConnectOptions } from './data-source-options';

/** Adds the pool of a data source to those of the process. */
export function reportPool(
  pools: ConnectionPools | undefined,
  name: string,
  dataSource: DataSource,
): void {
  const { url = '', poolSize } = dataSource.options as ConnectOptions;
  pools?.add({
    name,
    location: locationOf(url),
    max: poolSize,
    ask: (statement) => dataSource.query(statement),
    use: () => {
      // TypeORM types it as any; `driver: pg` of our options makes it one of these.
      const { master } = dataSource.driver as unknown as { master: Pool | undefined };
      const { totalCount = 0, idleCount = 0, waitingCount = 0 } = master ?? {};
      return { inUse: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
    },
  });
}

/** The host may be a folder of sockets: `?host=/run/pg`. */
function locationOf(url: string): string {
  const { host, pathname, searchParams } = new URL(url);
  return `${searchParams.get('host') ?? host}${pathname}`;
}
