import type { DatabaseSettings } from './database-settings';
import { UndeclaredDataSourceError } from './undeclared-data-source.error';

/** A data source's own settings; the rest defaults to the main one. Times are in milliseconds. */
export type NamedDatabase = Partial<
  Pick<DatabaseSettings, 'url' | 'password' | 'poolMax' | 'statementTimeout'>
>;

/** The settings of one data source. */
export interface ResolvedDatabase extends DatabaseSettings {
  /** The variable that holds its URL, if it is not `DATABASE_URL`. */
  readonly variable?: string;
}

/**
 * The settings of a named data source: its own, merged over those of the main one.
 *
 * @throws UndeclaredDataSourceError for a name missing from the settings
 */
export function resolveDatabase(main: DatabaseSettings, name: string): ResolvedDatabase {
  const own = main.named?.[name];
  if (own === undefined) throw new UndeclaredDataSourceError(name, Object.keys(main.named ?? {}));
  return {
    ...main,
    url: own.url ?? main.url,
    // A password belongs to its URL.
    password: own.url === undefined ? main.password : own.password,
    poolMax: own.poolMax ?? main.poolMax,
    statementTimeout: own.statementTimeout ?? main.statementTimeout,
    applicationName: `${main.applicationName} ${name}`,
    variable: own.url === undefined ? undefined : `DATABASE_${name.toUpperCase()}_URL`,
  };
}
