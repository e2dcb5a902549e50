import { spawnSync } from 'node:child_process';
import { Client } from 'pg';
import { sweepTestDatabases } from './test-databases';

describe('sweepTestDatabases', () => {
  const url = process.env['TEST_DATABASE_URL'] ?? '';
  const client = new Client({ connectionString: url });
  const ended = spawnSync('true').pid;
  // Test runs beside this one sweep those of their machine.
  const host = 'sweepspec';
  const names = {
    leftBehind: `test_${host}_${ended}_spec`,
    inUse: `test_${host}_${ended}_spec_used`,
    ofLivingProcess: `test_${host}_${process.pid}_spec`,
    ofOtherMachine: `test_othermachine_${ended}_spec`,
  };

  beforeAll(async () => {
    await client.connect();
    for (const name of Object.values(names)) await client.query(`create database ${name}`);
  });
  afterAll(async () => {
    for (const name of Object.values(names)) await client.query(`drop database if exists ${name}`);
    await client.end();
  });

  it('deletes what a killed test run left behind, and nothing that may be in use', async () => {
    const user = new Client({ connectionString: url.replace(/[^/]*$/, names.inUse) });
    await user.connect();
    const swept = await sweepTestDatabases(url, host);
    await user.end();

    expect(swept).toContain(names.leftBehind);
    const { rows } = await client.query<{ datname: string }>(
      'select datname from pg_database where datname = any($1) order by 1',
      [Object.values(names)],
    );
    expect(rows.map(({ datname }) => datname)).toEqual(
      [names.inUse, names.ofLivingProcess, names.ofOtherMachine].sort(),
    );
  });
});
