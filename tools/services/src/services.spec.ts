import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type Server, createServer } from 'node:net';
import { join } from 'node:path';
import { until } from '@libs/testing';
import { Client } from 'pg';
import { developmentEnvironment } from './development-environment';
import { processStart } from './process-identity';
import type { ServiceState } from './service-state';
import { servicePaths } from './service-paths';
import { status } from './status';
import { TemporaryWorkspace } from './testing/temporary-workspace';
import { up } from './up';
import { upForTests } from './up-for-tests';

let workspace: TemporaryWorkspace;

describe('the services of a workspace that has run none', () => {
  beforeEach(() => {
    workspace = new TemporaryWorkspace();
  });
  afterEach(async () => {
    await workspace.remove();
  });

  it('runs once when three terminals ask for it at the same moment, after an initdb that was killed half-way', async () => {
    const { data } = servicePaths(workspace.root).postgres.development;
    mkdirSync(join(`${data}.new-dead`, 'data'), { recursive: true });
    writeFileSync(join(`${data}.new-dead`, 'data', 'PG_VERSION'), '18\n');

    const results = await Promise.all([1, 2, 3].map(() => workspace.run(['up', '--json'])));
    expect(results.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      [1, 2, 3].map(() => ({ code: 0, stderr: '' })),
    );
    const answers = results.map(
      ({ stdout }) => JSON.parse(stdout) as Awaited<ReturnType<typeof up>>,
    );
    expect(new Set(answers.map(({ state }) => state.postgres?.pid)).size).toBe(1);
    expect(new Set(answers.map(({ state }) => state.keeper?.pid)).size).toBe(1);
    expect(answers.flatMap(({ started }) => started).sort()).toEqual(['mail', 'postgres']);
    await expect(query(answers[0]?.state.databaseUrl ?? '', 'select 1 as one')).resolves.toEqual([
      { one: 1 },
    ]);
    expect(readdirSync(join(data, '..')).filter((name) => name.includes('.new'))).toEqual([]);
  });

  it('says what to do about a data folder that is none, and leaves it alone', async () => {
    const { data } = servicePaths(workspace.root).postgres.development;
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, 'thesis.txt'), 'mine');

    const { code, stderr } = await workspace.run(['up']);
    expect(code).toBe(1);
    expect(stderr).toContain(data);
    expect(stderr).toContain('services:down --purge');
    expect(stderr).not.toContain('    at ');
    expect(readFileSync(join(data, 'thesis.txt'), 'utf8')).toBe('mine');
  });

  it('says what to do about a folder that it may not write', async () => {
    // Root may write everywhere, so as root this runs as another user.
    const uid = process.getuid?.() === 0 ? 65534 : undefined;
    const folder = join(workspace.root, '.services');
    mkdirSync(folder, { mode: 0o555 });
    const { code, stderr } = await workspace.run(['up'], { uid });
    // The cleanup of the workspace may not write there either.
    chmodSync(folder, 0o755);
    expect(code).toBe(1);
    expect(stderr).toContain(folder);
    expect(stderr).toContain('sudo chown');
    expect(stderr).not.toContain('    at ');
  });

  it('stops by itself when nobody uses it, but not while somebody does', async () => {
    const idle = 3_000;
    const { postgres, keeper, databaseUrl } = await start({
      SERVICES_IDLE_MINUTES: String(idle / 60_000),
    });
    await upForTests(workspace.root, {});
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    const connectedAt = Date.now();
    const stopsAt = async (): Promise<number> =>
      Date.parse((await status(workspace.root)).stopsAt ?? '');
    await until(async () => (await stopsAt()) > connectedAt + 2 * idle);
    expect((await status(workspace.root)).postgres.running).toBe(true);

    await client.end();
    await gone(postgres.pid);
    await gone(keeper.pid);
    expect((await status(workspace.root)).testPostgres.running).toBe(false);
  });

  it('starts no Postgres when DATABASE_URL is set, but catches mail', async () => {
    const env = { DATABASE_URL: 'postgres://elsewhere/db' };
    const { started, state } = await up(workspace.root, env);
    expect(started).toEqual(['mail']);
    expect((await status(workspace.root)).postgres.running).toBe(false);
    expect(developmentEnvironment(workspace.root, env)).toEqual({
      SMTP_URL: state.smtpUrl,
      QUEUE_PAGE: 'open',
    });
  });
});

describe('the services of a workspace', () => {
  beforeAll(() => {
    workspace = new TemporaryWorkspace();
  });
  afterAll(async () => {
    await workspace.remove();
  });

  it('keeps committed data and restarts Postgres after kill -9 of the server', async () => {
    const before = await start();
    await query(before.databaseUrl, 'create table kept as select 42 as answer');
    await kill(before.postgres.pid);

    const after = await start();
    expect(after.postgres.pid).not.toBe(before.postgres.pid);
    expect(after.keeper.pid).toBe(before.keeper.pid);
    await expect(query(after.databaseUrl, 'select answer from kept')).resolves.toEqual([
      { answer: 42 },
    ]);
  });

  it('starts a new keeper after kill -9 of the keeper, on the same ports, beside the same Postgres', async () => {
    const before = await start();
    await kill(before.keeper.pid);
    expect((await status(workspace.root)).postgres.running).toBe(true);

    const after = await start();
    expect(after.keeper.pid).not.toBe(before.keeper.pid);
    expect(after.postgres.pid).toBe(before.postgres.pid);
    expect(after.smtpUrl).toBe(before.smtpUrl);
    expect(after.mailboxUrl).toBe(before.mailboxUrl);
  });

  it('finds running services again when services.json is lost', async () => {
    const before = await start();
    rmSync(servicePaths(workspace.root).state);
    const { state, started } = await up(workspace.root, {});
    expect(started).toEqual([]);
    expect(state).toEqual(before);
  });

  it('starts although postmaster.pid names a process that is now another program', async () => {
    const before = await start();
    await kill(before.postgres.pid);
    // The same account as the server: Postgres ignores processes of other accounts.
    const { uid, gid } = statSync(before.postgres.dataFolder);
    const other = spawn('sleep', ['600'], process.getuid?.() === 0 ? { uid, gid } : {});
    replacePid(before.postgres.dataFolder, other.pid ?? 0);

    const after = await start();
    expect(after.postgres.pid).not.toBe(other.pid);
    await expect(query(after.databaseUrl, 'select 1 as one')).resolves.toEqual([{ one: 1 }]);
    expect(processStart(other.pid ?? 0)).toBeDefined();
    other.kill();
    await once(other, 'close');
  });

  it('takes another port when its own has been taken, and says so in the URL', async () => {
    const before = await start();
    await workspace.run(['down']);
    const intruder = await listen(before.postgres.port);

    const after = await start();
    expect(after.postgres.port).not.toBe(before.postgres.port);
    expect(after.databaseUrl).toContain(`:${after.postgres.port}/`);
    await expect(query(after.databaseUrl, 'select 1 as one')).resolves.toEqual([{ one: 1 }]);
    intruder.close();
    await once(intruder, 'close');
  });

  it('stops everything on down, and says what it stopped', async () => {
    const { postgres, keeper } = await start();
    const { code, stdout } = await workspace.run(['down']);
    expect(code).toBe(0);
    expect(stdout).toContain('Stopped: the mail catcher, Postgres.');
    expect(processStart(postgres.pid)).toBeUndefined();
    expect(processStart(keeper.pid)).toBeUndefined();
    expect((await workspace.run(['down'])).stdout).toContain('Nothing was running.');
  });

  it('tells in JSON what runs where', async () => {
    const { databaseUrl, postgres, mailboxUrl } = await start();
    const { stdout } = await workspace.run(['status', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      postgres: { running: true, url: databaseUrl, pid: postgres.pid, port: postgres.port },
      mail: { running: true, mailboxUrl },
    });
  });

  it('refuses an idle time that is none, with a sentence', async () => {
    const { code, stderr } = await workspace.run(['up'], {
      env: { SERVICES_IDLE_MINUTES: 'soon' },
    });
    expect(code).toBe(1);
    expect(stderr).toContain('SERVICES_IDLE_MINUTES is "soon"');
  });

  // The last one: nothing starts on it any more.
  it('says what to do about a damaged data folder', async () => {
    const { postgres } = await start();
    await workspace.run(['down']);
    writeFileSync(join(postgres.dataFolder, 'global', 'pg_control'), 'x'.repeat(8192));

    const { code, stderr } = await workspace.run(['up']);
    expect(code).toBe(1);
    expect(stderr).toContain(`Postgres does not start on ${postgres.dataFolder}`);
    expect(stderr).toContain('services:down --purge');
    expect(stderr).not.toContain('    at ');
  });
});

async function start(env: NodeJS.ProcessEnv = {}): Promise<Required<ServiceState>> {
  const { state } = await up(workspace.root, env);
  return state as Required<ServiceState>;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function kill(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await gone(pid);
}

async function gone(pid: number): Promise<void> {
  await until(() => processStart(pid) === undefined, { what: `the end of ${pid}` });
}

function replacePid(dataFolder: string, pid: number): void {
  const file = join(dataFolder, 'postmaster.pid');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^\d+/, String(pid)));
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
