import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { readState } from './service-state';
import { servicePaths } from './service-paths';
import { status } from './status';
import { TemporaryWorkspace } from './testing/temporary-workspace';
import { up } from './up';
import { upForTests } from './up-for-tests';

describe('the Postgres of the tests', () => {
  let workspace: TemporaryWorkspace;

  beforeAll(() => {
    workspace = new TemporaryWorkspace();
  });

  afterAll(async () => {
    await workspace.remove();
  });

  it('does not wait for the disk, and leaves the one of development alone, which does', async () => {
    const url = await upForTests(workspace.root, {});
    expect(await setting(url, 'fsync')).toBe('off');
    expect(await status(workspace.root)).toMatchObject({
      postgres: { running: false },
      testPostgres: { running: true, url },
    });

    const { state } = await up(workspace.root, {});
    expect(await setting(state.databaseUrl ?? '', 'fsync')).toBe('on');
    expect(await setting(state.databaseUrl ?? '', 'synchronous_commit')).toBe('on');
  });

  it('is found again by the next run of the tests', async () => {
    const url = await upForTests(workspace.root, {});
    expect(await upForTests(workspace.root, {})).toBe(url);
  });

  it('is stopped by down, which says so', async () => {
    await upForTests(workspace.root, {});
    const { stdout } = await workspace.run(['down']);
    expect(stdout).toContain('the Postgres of the tests');
    expect(await status(workspace.root)).toMatchObject({ testPostgres: { running: false } });
  });

  it('is made anew when its data is damaged, as a power cut may leave it', async () => {
    await upForTests(workspace.root, {});
    await workspace.run(['down']);
    const { testPostgres } = readState(servicePaths(workspace.root).state);
    const control = join(testPostgres?.dataFolder ?? '', 'global', 'pg_control');
    writeFileSync(control, 'x'.repeat(8192));

    expect(await setting(await upForTests(workspace.root, {}), 'fsync')).toBe('off');
  });
});

async function setting(url: string, name: string): Promise<string | undefined> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ value: string }>('select current_setting($1) as value', [
      name,
    ]);
    return rows[0]?.value;
  } finally {
    await client.end();
  }
}
