import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '@libs/testing';
import { buildPackage } from './build-package';
import { type Consumer, linkedConsumer } from './consumer/consumer';
import { compileShop, runShop } from './consumer/shop';
import { moduleNames } from './module-names';
import { npmPack, type PackedPackage } from './npm-pack';
import type { Manifest } from './package-manifest';
import { RUNTIME } from './packages';

const WORKSPACE = join(__dirname, '../../..');

describe('the package of the runtime', () => {
  let folder: string;
  let built: string;
  let manifest: Manifest;
  let packed: PackedPackage;
  let consumer: Consumer | undefined;
  let database: TestDatabase | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'runtime-package-'));
    built = join(folder, 'built');
    manifest = await buildPackage(WORKSPACE, RUNTIME, built);
    packed = npmPack(built, folder);
  });

  afterAll(async () => {
    consumer?.remove();
    rmSync(folder, { recursive: true, force: true });
    await database?.drop();
  });

  it('has an entry for each import path that the workspace has', () => {
    const { paths } = readJson(join(WORKSPACE, 'tsconfig.base.json')).compilerOptions ?? {};
    const entries = Object.keys(paths ?? {})
      .filter((name) => /^@libs\/queue(?:\/|$)/.test(name))
      .map((name) => name.replace('@libs/queue', '.'));
    const { exports = {} } = readJson(join(built, 'package.json'));
    expect(Object.keys(exports).sort()).toEqual(
      [...entries, './health', './health/early-signal', './package.json'].sort(),
    );
  });

  it('contains compiled files, their source maps, a README and the licence, and no test', () => {
    expect(packed.files).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'queue/src/index.d.ts',
        'queue/src/index.js',
        'queue/src/index.js.map',
      ]),
    );
    const others = /\.spec\.|(?<!\.d)\.ts$|\/testing\/testing\//;
    expect(packed.files.filter((path) => others.test(path))).toEqual([]);
  });

  it('imports nothing by a path that only this workspace knows', () => {
    const named = packed.files
      .filter((path) => /\.(?:js|d\.ts)$/.test(path))
      .flatMap((path) => moduleNames(readFileSync(join(built, path), 'utf8')));
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter((name) => /^@(?:libs|tools)\//.test(name))).toEqual([]);
  });

  it('adds a job and runs it in a Nest application of CommonJS and of ES modules, with its peers and nothing else', async () => {
    database = await createTestDatabase();
    consumer = await linkedConsumer(manifest, packed.file);
    await compileShop(consumer, readFileSync(join(built, 'README.md'), 'utf8'), {
      skipLibCheck: true,
    });
    const done = {
      state: 'completed',
      result: { text: 'Hello Ada' },
      checks: { queue: 'up', workers: 'up' },
      loaded: ['function', 'function', 'object', 'function'],
    };
    expect(await runShop(consumer, database.url)).toEqual([done, done]);
  });
});

interface SomeJson {
  readonly compilerOptions?: { readonly paths?: object };
  readonly exports?: object;
}

function readJson(path: string): SomeJson {
  return JSON.parse(readFileSync(path, 'utf8')) as SomeJson;
}
