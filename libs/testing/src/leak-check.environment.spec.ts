import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const WORKSPACE = resolve(__dirname, '../../..');

/** Bodies of tests that close less than they open, and what the failure must name. */
const LEAKING = {
  server: {
    body: `const { createServer } = require('node:net');
      await new Promise((listening) => createServer().listen(0, '127.0.0.1', listening));`,
    named: /server listening on 127\.0\.0\.1:\d+/,
  },
  connection: {
    body: `const net = require('node:net');
      const server = net.createServer();
      await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
      const socket = net.connect(server.address().port, '127.0.0.1');
      await new Promise((connected) => socket.once('connect', connected));`,
    named: /connection to 127\.0\.0\.1:\d+/,
  },
  process: {
    body: `require('node:child_process').spawn('sleep', ['600']);`,
    named: /child process \d+: sleep 600/,
  },
  thread: {
    body: `const { Worker } = require('node:worker_threads');
      const thread = new Worker('setInterval(() => undefined, 50)', { eval: true });
      await new Promise((online) => thread.once('online', online));`,
    named: /thread \d+/,
  },
  timeout: {
    body: `setTimeout(() => undefined, 600_000);`,
    named: /setTimeout started .*timeout\.spec\.ts:2/,
  },
  interval: {
    body: `setInterval(() => undefined, 50);`,
    named: /setInterval started .*interval\.spec\.ts:2/,
  },
};

/** Bodies of tests that are in order. */
const CLEAN = {
  closesInAMoment: `
    const net = require('node:net');
    const server = net.createServer((socket) => socket.resume());
    await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
    const socket = net.connect(server.address().port, '127.0.0.1');
    await new Promise((connected) => socket.once('connect', connected));
    setTimeout(() => { socket.destroy(); server.close(); }, 100);
    setInterval(() => undefined, 50).unref();
    clearTimeout(setTimeout(() => undefined, 60_000));
    await require('node:util').promisify(setTimeout)(1);
    console.log('a line');`,
  // Node keeps the connections of fetch() open for a while, unref'ed.
  fetches: `
    const server = require('node:http').createServer((request, response) => response.end('ok'));
    await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
    await (await fetch('http://127.0.0.1:' + server.address().port)).text();
    server.close();
    server.closeIdleConnections();`,
};

interface FileResult {
  name: string;
  status: 'passed' | 'failed';
  message: string;
}

describe('a test file', () => {
  let folder: string;
  let results: Record<string, FileResult>;
  let exitCode: number | null;

  // One run of Jest, with the workspace's own preset, over one file for each of the above.
  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'leak-check-')));
    const bodies = Object.entries(LEAKING).map(([name, { body }]) => [name, body] as const);
    for (const [name, body] of [...bodies, ...Object.entries(CLEAN)]) {
      const source = `it('works', async () => {\n${body}\n});\n`;
      writeFileSync(join(folder, `${name}.spec.ts`), source);
    }
    ({ results, exitCode } = await runJest(folder));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(Object.entries(LEAKING))(
    'that leaves a %s open fails, and is told which',
    (name, { named }) => {
      expect(results[name]?.status).toBe('failed');
      expect(results[name]?.message).toContain('The tests of this file have ended, and left open:');
      expect(results[name]?.message).toMatch(named);
    },
  );

  it('is not blamed for what another one left open', () => {
    expect(results['interval']?.message).not.toMatch(/server|connection|process|thread/);
  });

  it('that closes what it opened passes, also if closing takes a moment', () => {
    expect(results['closesInAMoment']).toMatchObject({ status: 'passed', message: '' });
  });

  it('that leaves something open does not keep Jest from ending', () => {
    expect(exitCode).toBe(1);
  });

  it('may use fetch', () => {
    expect(results['fetches']).toMatchObject({ status: 'passed', message: '' });
  });
});

async function runJest(rootDir: string) {
  const preset = jest.requireActual<Record<string, unknown>>(join(WORKSPACE, 'jest.preset.js'));
  const config = {
    ...preset,
    rootDir,
    cacheDirectory: join(rootDir, 'cache'),
    testEnvironmentOptions: { closingMs: 500 },
  };
  const report = join(rootDir, 'report.json');
  const child = spawn(
    process.execPath,
    [
      join(WORKSPACE, 'node_modules/jest/bin/jest.js'),
      ...['--config', JSON.stringify(config)],
      ...['--json', '--outputFile', report],
      '--runInBand',
    ],
    { cwd: rootDir, stdio: 'ignore' },
  );
  const [exitCode] = (await once(child, 'close')) as [number | null];
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as { testResults: FileResult[] };
  const results: Record<string, FileResult> = Object.fromEntries(
    testResults.map((result) => [result.name.replace(/^.*\/(\w+)\.spec\.ts$/, '$1'), result]),
  );
  return { results, exitCode };
}
