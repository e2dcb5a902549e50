import type { DatabaseSettings } from './database-settings';
import { UndeclaredDataSourceError } from './undeclared-data-source.error';

/** What a data source has of its own; the rest is as in the main one. Times are in milliseconds. */
export type NamedDatabase = Partial<Pick<DatabaseSettings, 'url' | 'poolMax' | 'statementTimeout'>>;

/** The settings of one data source. */
export interface ResolvedDatabase extends DatabaseSettings {
  /** The variable that its URL comes from, if it is not `DATABASE_URL`. */
  readonly variable?: string;
}

/**
 * The settings of a named data source: what it has of its own, over those of the main one.
 *
 * @throws UndeclaredDataSourceError for a name that the settings do not have
 */
export function resolveDatabase(main: DatabaseSettings, name: string): ResolvedDatabase {
  const own = main.named?.[name];
  if (own === undefined) throw new UndeclaredDataSourceError(name, Object.keys(main.named ?? {}));
  return {
    ...main,
    url: own.url ?? main.url,
    poolMax: own.poolMax ?? main.poolMax,
    statementTimeout: own.statementTimeout ?? main.statementTimeout,
    applicationName: `${main.applicationName} ${name}`,
    variable: own.url === undefined ? undefined : `DATABASE_${name.toUpperCase()}_URL`,
  };
}
