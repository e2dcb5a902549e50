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
    });
    try {
      return await database.initialize();
    } catch {
      await sleep(200);
    }
  }
}
