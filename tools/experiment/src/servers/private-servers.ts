import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RedisServer } from '@libs/testing';
import {
  hasRedis,
  type PrivatePostgres,
  privateRefuge,
  startPrivatePostgres,
} from '@tools/services';
import { guardFolder, guardProcess } from '../run/clean-up-guard';
import { ExperimentError } from '../run/experiment.error';

/** The servers of one experiment. No other process uses them, and they may be killed and restarted. */
export interface PrivateServers {
  postgres: PrivatePostgres;
  redis?: RedisServer;
  close(): Promise<void>;
}

export interface PrivateServerOptions {
  /**
   * Starts a Redis as well. When are its commands on disk: before their answer (`always`), or within a second
   * (`everysec`, Redis' default, which may lose acknowledged jobs)?
   */
  redis?: 'always' | 'everysec';
}

/**
 * Starts an empty Postgres, and a Redis if it is asked for. Their data is below `folder`, and is deleted with
 * it.
 *
 * @throws ExperimentError if redis-server is not installed
 * @throws ServicesError if Postgres does not start
 */
export async function startPrivateServers(
  folder: string,
  { redis: appendfsync }: PrivateServerOptions = {},
): Promise<PrivateServers> {
  if (appendfsync !== undefined && !hasRedis()) {
    throw new ExperimentError(
      'redis-server is not installed. Run `apt-get install redis-server` or `brew install redis`.',
    );
  }
  const home = join(folder, 'servers');
  // A temporary folder is readable by its owner only. Postgres, started by root, runs as another account.
  if (process.getuid?.() === 0) await chmod(folder, 0o755);
  await mkdir(home, { recursive: true });
  guardFolder(privateRefuge(home));
  const postgres = await startPrivatePostgres(home);
  if (appendfsync === undefined) return { postgres, close: () => postgres.stop() };
  try {
    const launch = { folder: join(home, 'redis'), guard: guardProcess };
    const redis = await RedisServer.start({ appendfsync }, launch);
    const close = async () => {
      await redis.close();
      await postgres.stop();
    };
    return { postgres, redis, close };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}
