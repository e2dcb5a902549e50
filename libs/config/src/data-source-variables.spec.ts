import * as z from 'zod';
import { dataSourceOf, namedDataSource } from './data-source-variables';
import { defineConfig } from './define-config';
import { describeConfig } from './describe-config';
import { loadConfig } from './load-config';

const schema = defineConfig(z.object(namedDataSource('reports')));

describe('the variables of a data source of its own', () => {
  it('are named like it, and say that they fall back to those of the main one', () => {
    expect(describeConfig(schema)).toMatchObject([
      { name: 'DATABASE_REPORTS_URL', default: 'the value of DATABASE_URL', required: false },
      { name: 'DATABASE_REPORTS_PASSWORD_FILE', required: false },
      { name: 'DATABASE_REPORTS_POOL_MAX', default: 'the value of DATABASE_POOL_MAX' },
      {
        name: 'DATABASE_REPORTS_STATEMENT_TIMEOUT',
        default: 'the value of DATABASE_STATEMENT_TIMEOUT',
      },
    ]);
  });

  it('are read into what the data source has of its own', () => {
    const config = loadConfig(schema, {
      DATABASE_REPORTS_URL: 'postgres://replica/app',
      DATABASE_REPORTS_POOL_MAX: '3',
      DATABASE_REPORTS_STATEMENT_TIMEOUT: '2m',
    });
    expect(dataSourceOf(config, 'reports')).toEqual({
      url: 'postgres://replica/app',
      poolMax: 3,
      statementTimeout: 120_000,
    });
    expect(dataSourceOf(loadConfig(schema, {}), 'reports')).toEqual({});
  });

  it('are refused by name', () => {
    expect(() =>
      loadConfig(schema, {
        DATABASE_REPORTS_URL: 'mysql://replica/app',
        DATABASE_REPORTS_STATEMENT_TIMEOUT: '0',
      }),
    ).toThrow(/DATABASE_REPORTS_URL: expected[^]+DATABASE_REPORTS_STATEMENT_TIMEOUT: expected/);
  });

  it.each(['', 'Reports', 'read-replica', '1st'])('cannot be named "%s"', (name) => {
    expect(() => namedDataSource(name)).toThrow('use one word in lower case');
  });
});
