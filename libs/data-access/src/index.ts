export { DatabaseModule } from './connection/database.module';
export { DatabaseUnavailableError } from './connection/database-unavailable.error';
export { UndeclaredDataSourceError } from './settings';
export { isConnectionFailure } from './connection/connection-failure';
export {
  migrateDatabase,
  migrationStates,
  type MigrationState,
  pendingMigrations,
  revertLastMigration,
} from './migrations/migrate-database';
export { MigrationsPendingError } from './migrations/migrations-pending.error';
