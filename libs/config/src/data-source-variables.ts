import * as z from 'zod';
import { requireOnePassword } from './one-password';
import { type Secret, secretFile } from './secret-file';
import { duration, integer, LONGEST_DURATION, urlOf } from './variables';

/** The protocols of a Postgres URL. */
export const POSTGRES = ['postgres:', 'postgresql:'] as const;

const TIMEOUT = `expected a duration such as 30s, up to ${LONGEST_DURATION}h, or off`;

const connections = () => integer(1, 1_000);

const statementTimeout = () =>
  z
    .union([z.literal('off'), duration()], { error: TIMEOUT })
    .refine((timeout) => timeout !== 0, TIMEOUT);

/** The variables of the main data source, which every process has. */
export const mainDataSource = {
  DATABASE_URL: urlOf(POSTGRES)
    .describe('The Postgres that holds the tables: postgres://user:password@host:5432/database.')
    .meta({ secret: true }),
  DATABASE_PASSWORD_FILE: secretFile()
    .optional()
    .describe(
      'A file with the password of the database, in place of one in its URL; read for each new connection.',
    ),
  DATABASE_POOL_MAX: connections()
    .prefault('10')
    .describe(
      'The most connections to the database that one process opens. Each process has its own pool.',
    ),
  DATABASE_STATEMENT_TIMEOUT: statementTimeout()
    .prefault('off')
    .describe('How long the database may work on one statement before it cancels it, or `off`.'),
};

/** The variables of an additional data source, named after it: `DATABASE_REPORTS_URL`. */
export type NamedDataSource<Name extends string> = {
  [Key in keyof NamedVariables as `DATABASE_${Uppercase<Name>}_${Key}`]: NamedVariables[Key];
};

type NamedVariables = ReturnType<typeof namedVariables>;

/**
 * The variables of an additional data source. Unset variables default to those of the main one.
 *
 * @param name one word in lower case, such as `reports`
 * @throws TypeError if it is anything else
 */
export function namedDataSource<const Name extends string>(name: Name): NamedDataSource<Name> {
  if (!/^[a-z][a-z0-9]*$/.test(name)) {
    throw new TypeError(`A data source cannot be named "${name}": use one word in lower case.`);
  }
  const variables = Object.entries(namedVariables(name));
  const prefix = `DATABASE_${name.toUpperCase()}_`;
  // The keys are computed just as the type computes them.
  return Object.fromEntries(
    variables.map(([key, schema]) => [prefix + key, schema]),
  ) as NamedDataSource<Name>;
}

/** The settings of a named data source; undefined for unset variables. */
export function dataSourceOf<const Name extends string>(
  config: { readonly [Key in keyof NamedDataSource<Name>]?: z.output<NamedDataSource<Name>[Key]> },
  name: Name,
) {
  const read = (key: keyof NamedVariables): unknown =>
    Reflect.get(config, `DATABASE_${name.toUpperCase()}_${key}`);
  const url = read('URL') as string | undefined;
  const password = read('PASSWORD_FILE') as Secret | undefined;
  requireOnePassword(url, password, `DATABASE_${name.toUpperCase()}`);
  return {
    url,
    password,
    poolMax: read('POOL_MAX') as number | undefined,
    statementTimeout: read('STATEMENT_TIMEOUT') as number | 'off' | undefined,
  };
}

function namedVariables(name: string) {
  return {
    URL: urlOf(POSTGRES)
      .optional()
      .describe(`The Postgres of the data source "${name}", for example a read replica.`)
      .meta({ defaultText: 'the value of DATABASE_URL', secret: true }),
    PASSWORD_FILE: secretFile()
      .optional()
      .describe(
        `A file with the password of the data source "${name}", if it has a URL of its own.`,
      ),
    POOL_MAX: connections()
      .optional()
      .describe(`The most connections that one process opens for the data source "${name}".`)
      .meta({ defaultText: 'the value of DATABASE_POOL_MAX' }),
    STATEMENT_TIMEOUT: statementTimeout()
      .optional()
      .describe(
        `How long the database may work on one statement of the data source "${name}", or \`off\`.`,
      )
      .meta({ defaultText: 'the value of DATABASE_STATEMENT_TIMEOUT' }),
  };
}
