export { DATABASE_SETTINGS, type DatabaseHints, type DatabaseSettings } from './database-settings';
export type { NamedDatabase } from './named-database';
export { UndeclaredDataSourceError } from './undeclared-data-source.error';
