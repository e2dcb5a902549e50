import { createTestDatabase, freePort, type TestDatabase } from '@libs/testing';
import { type MigrateOptions, runMigrate } from '../cli';

describe('queue migrate', () => {
  const outer = process.exitCode;
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => {
    process.exitCode = outer;
  });
  afterAll(() => database.drop());

  async function run(options: MigrateOptions, url = database.url): Promise<string> {
    const printed = jest.spyOn(console, 'log').mockReturnValue();
    const failed = jest.spyOn(console, 'error').mockReturnValue();
    await runMigrate([], { url, command: 'npx queue migrate', startWorker: 'start', options });
    const lines = [...printed.mock.calls, ...failed.mock.calls].flat().join('\n');
    jest.restoreAllMocks();
    return lines;
  }

  it('creates the tables of an empty database once; --check says which command does it, and changes nothing', async () => {
    const pending =
      /^The queue tables are at version 0, and have to be at [\d.]+\. Run: npx queue migrate$/;
    expect(await run({ check: true })).toMatch(pending);
    expect(process.exitCode).toBe(1);
    expect(await run({ check: true })).toMatch(pending);
    process.exitCode = outer;
    expect(await run({})).toMatch(/^The queue tables are now at version [\d.]+\.$/);
    expect(await run({})).toMatch(/^The queue tables were up to date \(version [\d.]+\)\.$/);
    expect(JSON.parse(await run({ check: true, json: true }))).toMatchObject({ pending: false });
    expect(process.exitCode).toBe(outer);
  });

  it('has nothing to do in Redis', async () => {
    expect(await run({}, 'redis://127.0.0.1:1')).toBe(
      'The queues are in Redis and need no tables.',
    );
  });

  it('ends with one sentence if the database is away', async () => {
    const port = await freePort();
    expect(await run({}, `postgres://127.0.0.1:${port}/shop`)).toMatch(
      new RegExp(`^The queue store 127\\.0\\.0\\.1:${port}/shop cannot be reached: .+\\.$`),
    );
    expect(process.exitCode).toBe(1);
  });
});
