export { DatabaseSettings } from './database-settings';
