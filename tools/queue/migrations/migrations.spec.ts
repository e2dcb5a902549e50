import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare, gt, prerelease } from 'semver';
import { generators } from '../migrations.json';
import manifest from '../package.json';

const { 'nx-migrations': settings, version } = manifest;
const MIGRATIONS = Object.entries(generators);

describe('the migrations of `nx migrate`', () => {
  it.each(MIGRATIONS)('%s exists and says what it does', async (name, migration) => {
    const file = join(__dirname, '..', `${migration.factory}.ts`);
    expect(existsSync(file)).toBe(true);
    const { default: factory } = (await import(file)) as { default: unknown };
    expect(factory).toBeInstanceOf(Function);
    expect(migration.description).toMatch(/\.$/);
    // Nx shows the names, and runs migrations of several packages by them.
    expect(name.startsWith(migration.version.replace(/-.*/, ''))).toBe(true);
  });

  it('are in the order of their versions, which are later than the first one', () => {
    const versions = MIGRATIONS.map(([, migration]) => migration.version);
    expect(versions).toEqual([...versions].sort(compare));
    expect(versions.filter((found) => !gt(found, '0.1.0'))).toEqual([]);
  });

  it('are those of all packages, which have one version', () => {
    const root = join(__dirname, '../../..');
    const manifests = [
      'package.json',
      'libs/queue/package.json',
      'tools/queue/package.json',
      'tools/create/package.json',
    ];
    const versions = manifests.map((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      return (JSON.parse(text) as { version: string }).version;
    });
    expect(new Set(versions)).toEqual(new Set([version]));
    expect(settings.packageGroup).toEqual(['nest-job-queue']);
  });

  it('are of this version or the next one, and run from its first prerelease on', () => {
    const unreleased = MIGRATIONS.filter(([, migration]) => gt(migration.version, version));
    expect(new Set(unreleased.map(([, migration]) => migration.version)).size).toBeLessThan(2);
    for (const [, migration] of unreleased)
      expect(prerelease(migration.version)).toEqual(['beta', 0]);
  });
});
