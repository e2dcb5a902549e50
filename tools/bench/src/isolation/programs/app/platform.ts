import { type DynamicModule, Module } from '@nestjs/common';
import { DATABASE_SETTINGS, type DatabaseSettings } from '@libs/data-access/settings';
import { HealthModule } from '@libs/health';
import { QueueModule } from '@libs/queue';
import { readSettings } from '../program-settings';

/** The name of the data source that only jobs use, in topologies that have one. */
export const JOBS = 'jobs';

const CONNECT_DEADLINE = 30_000;

@Module({})
class SettingsModule {}

/** The database, and how many connections this process may open. */
export function settings(poolMax: number): DynamicModule {
  const { databaseUrl, place } = readSettings();
  const database: DatabaseSettings = {
    url: databaseUrl,
    applicationName: `isolation-${place}`,
    poolMax,
    connectDeadline: CONNECT_DEADLINE,
    // Connects only if it is imported; as large as the default one.
    named: { [JOBS]: {} },
  };
  return {
    module: SettingsModule,
    global: true,
    providers: [{ provide: DATABASE_SETTINGS, useValue: database }],
    exports: [DATABASE_SETTINGS],
  };
}

/** Shared by an api and a worker. */
export function platform(applicationName: string): DynamicModule[] {
  const { databaseUrl, pool } = readSettings();
  return [
    settings(pool),
    { module: HealthModule },
    QueueModule.forRoot({ url: databaseUrl, applicationName }),
  ];
}
