export { DATABASE_SETTINGS, type DatabaseSettings } from './database-settings';
