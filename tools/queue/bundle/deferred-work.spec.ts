import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { build, stop as stopEsbuild } from 'esbuild';
import { DEFERRED_WORK, deferConstant, deferRequire, deferRequires } from './deferred-work';
import { changedPackagesPlugin } from './changed-packages.plugin';

const ROOT = join(__dirname, '../../..');

/** Loads the packages, says what that has done, uses what was put off, and says so again. */
const PROGRAM = `
  const made = [];
  const watched = (name, parent) => class extends parent {
    constructor(...args) { super(...args); made.push(name); }
  };
  globalThis.Response = watched('Response', class {});
  Intl.DateTimeFormat = watched('DateTimeFormat', Intl.DateTimeFormat);
  const { ConsoleLogger } = require('@nestjs/common');
  const { Client } = require('pg');
  const { firstValueFrom, of } = require('rxjs');
  const { map } = require('rxjs/operators');
  const { DataSource } = require('typeorm');
  const { defaultRepeatStrategy, isRedisVersionLowerThan, RedisConnection } = require('bullmq');
  const atLoad = [...made];
  new ConsoleLogger('Worker', { colors: false }).log('hello');
  const commands = [];
  const client = { defineCommand: (name) => commands.push(name) };
  const run = async () => {
    const next = await defaultRepeatStrategy(0, { pattern: '0 0 3 * * *', tz: 'UTC' });
    RedisConnection.prototype.loadCommands.call({ _client: client }, '6.0.0');
    console.log(JSON.stringify({
      atLoad,
      next,
      isLower: isRedisVersionLowerThan('6.0.0', '7.0.0', 'redis'),
      stream: new Client().connection.stream.constructor.name,
      formats: made.includes('DateTimeFormat'),
      commands: commands.length > 20,
      doubled: await firstValueFrom(of(1).pipe(map((value) => value * 2))),
      driver: new DataSource({ type: 'postgres' }).driver.constructor.name,
    }));
  };
  void run();
`;

describe('what packages do when they are loaded', () => {
  afterAll(() => stopEsbuild());

  it.each(DEFERRED_WORK)(
    'is what is put off, in the installed version of $package: $file',
    ({ package: name, file, change }) => {
      const text = readFileSync(join(ROOT, 'node_modules', name, file), 'utf8');
      expect(change(text, file)).not.toBe(text);
    },
  );

  it('is done when it is needed, with the same result', async () => {
    const { outputFiles } = await build({
      stdin: { contents: PROGRAM, resolveDir: ROOT },
      bundle: true,
      write: false,
      platform: 'node',
      keepNames: true,
      external: ['@nestjs/microservices', '@nestjs/websockets', 'class-*', 'pg-native'],
      plugins: [changedPackagesPlugin(DEFERRED_WORK)],
      logLevel: 'silent',
    });
    const { stdout, stderr } = spawnSync(process.execPath, ['-'], {
      input: outputFiles[0]?.text ?? '',
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const [line = '', result = ''] = stdout.trim().split('\n');
    // With the time of day, which the formatter writes.
    expect(line).toMatch(/\d:\d\d:\d\d.*hello/);
    expect(JSON.parse(result)).toEqual({
      atLoad: [],
      next: 3 * 60 * 60 * 1_000,
      isLower: true,
      stream: 'Socket',
      formats: true,
      commands: true,
      doubled: 2,
      driver: 'PostgresDriver',
    });
  });
});

describe('a module that is required later', () => {
  it('is required at each use, and nothing else is taken for one', () => {
    const text = [
      'const semver = require("semver");',
      'const other = { semver: 1 }.semver;',
      'exports.isOlder = (a, b) => semver.lt(a, b) || "semver" === other;',
    ].join('\n');
    expect(deferRequire(text, 'semver').split('\n')).toEqual([
      '',
      'const other = { semver: 1 }.semver;',
      'exports.isOlder = (a, b) => require("semver").lt(a, b) || "semver" === other;',
    ]);
    expect(deferRequire(text, 'luxon')).toBe(text);
  });

  it('may have a class that is made, and be one of many', () => {
    const text = [
      'const a_1 = require("./a");',
      'var b_1 = require("./b");',
      'exports.make = () => new a_1.A(b_1.B, "a_1");',
    ].join('\n');
    expect(deferRequires(text).split('\n')).toEqual([
      '',
      '',
      'exports.make = () => new (require("./a")).A(require("./b").B, "a_1");',
    ]);
    expect(deferRequires('exports.a = 1;')).toBe('exports.a = 1;');
  });
});

describe('an object that is made later', () => {
  it('is made once, and the lines of the file stay', () => {
    const text = 'const clock = new Clock({\n  exact: true,\n});\nexports.now = () => clock.now();';
    const changed = deferConstant(text, 'clock');
    expect(
      changed
        .split('\n')
        .indexOf('exports.now = () => (clock ??= new Clock({ exact: true, })).now();'),
    ).toBe(3);
    class Clock {
      static made = 0;
      constructor() {
        Clock.made += 1;
      }
      now = () => 7;
    }
    const exported: { now?: () => number } = {};
    runInNewContext(changed, { exports: exported, Clock });
    expect(Clock.made).toBe(0);
    expect([exported.now?.(), exported.now?.()]).toEqual([7, 7]);
    expect(Clock.made).toBe(1);
    expect(deferConstant(text, 'other')).toBe(text);
  });
});
