import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type PrivatePostgres, privateRefuge, startPrivatePostgres } from '@tools/services';
import { guardFolder } from '../run/clean-up-guard';
import { PrivateRedis, type RedisOptions } from './private-redis';

/** The servers of one experiment. No other process uses them, and they may be killed and restarted. */
export interface PrivateServers {
  postgres: PrivatePostgres;
  redis?: PrivateRedis;
  close(): Promise<void>;
}

/**
 * Starts an empty Postgres, and a Redis if its options are given. Their data is below `folder`, and is
 * deleted with it.
 *
 * @throws ExperimentError or ServicesError if a server does not start
 */
export async function startPrivateServers(
  folder: string,
  { redis: options }: { redis?: RedisOptions } = {},
): Promise<PrivateServers> {
  const home = join(folder, 'servers');
  // A temporary folder is readable by its owner only. Postgres, started by root, runs as another account.
  if (process.getuid?.() === 0) await chmod(folder, 0o755);
  await mkdir(home, { recursive: true });
  guardFolder(privateRefuge(home));
  const postgres = await startPrivatePostgres(home);
  if (options === undefined) return { postgres, close: () => postgres.stop() };
  const redis = await PrivateRedis.create(join(home, 'redis'), options);
  const close = async () => {
    await redis.stop();
    await postgres.stop();
  };
  try {
    await redis.start();
    return { postgres, redis, close };
  } catch (error) {
    await close();
    throw error;
  }
}
