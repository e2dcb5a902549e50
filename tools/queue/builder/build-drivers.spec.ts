import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stop as stopEsbuild } from 'esbuild';
import type { BuildOptions } from '../bundle/build-options';
import { FixtureWorkspace, projectGraph } from '../testing/fixture-workspace';
import { buildApp } from './build-app';

const ROOT = 'apps/mailer';
const META = ['mysql2', 'mssql', 'better-sqlite3'];

let workspace: FixtureWorkspace;
beforeEach(() => {
  workspace = new FixtureWorkspace({
    [`${ROOT}/tsconfig.json`]: '{ "extends": "../../tsconfig.base.json" }',
  });
  const driver = (name: string) => `exports.${name} = class { says = 'the whole of ${name}'; };`;
  workspace.install(
    'typeorm',
    { peerDependenciesMeta: Object.fromEntries(META.map((name) => [name, { optional: true }])) },
    {
      'index.js': `exports.drivers = () => [
        require('./driver/mysql/MysqlDriver').MysqlDriver,
        require('./driver/sqlserver/SqlServerDriver').SqlServerDriver,
        require('./driver/better-sqlite3/BetterSqlite3Driver').BetterSqlite3Driver,
      ];`,
      'driver/mysql/MysqlDriver.js': driver('MysqlDriver'),
      'driver/sqlserver/SqlServerDriver.js': driver('SqlServerDriver'),
      'driver/better-sqlite3/BetterSqlite3Driver.js': driver('BetterSqlite3Driver'),
    },
  );
  workspace.install('mysql2', {}, { 'index.js': 'exports.createPool = () => 1;' });
});
afterEach(() => {
  workspace.remove();
});
afterAll(() => stopEsbuild());

/** Builds an application with this source beside its use of the drivers, and returns what each of them says. */
async function driversWith(source: string, options: BuildOptions = {}): Promise<string[]> {
  workspace.declare({ typeorm: '*', mysql2: '*' });
  workspace.write({
    [`${ROOT}/src/main.ts`]: `import { drivers } from 'typeorm';
${source}
for (const Driver of drivers()) {
  try { console.log(new Driver().says); } catch (error) { console.log(error.code, error.message); }
}`,
  });
  const graph = projectGraph({
    mailer: { root: ROOT, dependsOn: ['npm:typeorm', 'npm:mysql2'] },
  });
  await buildApp(workspace.settings('mailer', ROOT, options), graph);
  const main = join(workspace.root, `dist/${ROOT}/main.js`);
  expect(readFileSync(main, 'utf8')).not.toContain('the whole of SqlServerDriver');
  const { stdout, stderr } = spawnSync(process.execPath, [main], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

const MISSING = {
  mysql: expect.stringMatching(
    /^MODULE_NOT_FOUND .*driver for mysql and mariadb, because no .*imports mysql2 or mysql\./,
  ) as unknown,
  mssql: expect.stringMatching(
    /^MODULE_NOT_FOUND Cannot find module 'mssql': .*driver for mssql,/,
  ) as unknown,
  sqlite: expect.stringContaining('driver for better-sqlite3') as unknown,
};

describe('the drivers of TypeORM in a bundle', () => {
  it('are those that something can use; another one says what is missing', async () => {
    expect(await driversWith('')).toEqual([MISSING.mysql, MISSING.mssql, MISSING.sqlite]);
  });

  it.each([
    ['their package is imported', `import 'mysql2';`, {}],
    ['their package is included', '', { include: ['mysql2'] }],
    ['a source names their type', `console.assert({ type: 'mariadb' });`, {}],
  ])('are there if %s', async (_, source, options) => {
    expect(await driversWith(source, options)).toEqual([
      'the whole of MysqlDriver',
      MISSING.mssql,
      MISSING.sqlite,
    ]);
  });
});
