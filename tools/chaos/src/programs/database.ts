import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { applicationName, type ChildSettings } from './child-settings';

/** A database for transactions. Retries until it answers. */
export async function connected(settings: ChildSettings, poolSize: number): Promise<DataSource> {
  for (;;) {
    const database = new DataSource({
      type: 'postgres',
      driver: pg,
      url: settings.databaseUrl,
      applicationName: applicationName(settings),
      poolSize,
      logging: false,
      extra: { Client: SafeClient },
    });
    try {
      return await database.initialize();
    } catch {
      await sleep(200);
    }
  }
}

/** Between the pool and TypeORM, nothing hears that a connection is lost, and the error would end the process. */
class SafeClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
