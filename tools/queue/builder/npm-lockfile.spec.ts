import { NpmLockfilePruner } from './npm-lockfile';
import type { LockEntry } from './lock-entry';

function prune(packages: Record<string, LockEntry>, ...roots: string[]) {
  const pruner = new NpmLockfilePruner({ lockfileVersion: 3, packages });
  return pruner.prune(new Map(roots.map((path) => [path.replace(/^.*node_modules\//, ''), path])));
}

describe('the lockfile of a deployment', () => {
  it('has the packages that are needed, with what they need, and no others', () => {
    const pruned = prune(
      {
        'node_modules/a': { version: '1.0.0', dependencies: { b: '1' } },
        'node_modules/b': { version: '1.0.0' },
        'node_modules/unrelated': { version: '1.0.0' },
      },
      'node_modules/a',
    );
    expect(Object.keys(pruned)).toEqual(['node_modules/a', 'node_modules/b']);
  });

  it('has every platform variant, and each may fail to install', () => {
    const pruned = prune(
      {
        'node_modules/native': {
          version: '1.0.0',
          dependencies: { js: '1' },
          optionalDependencies: { 'native-linux': '1', 'native-darwin': '1' },
        },
        'node_modules/native-linux': {
          version: '1.0.0',
          optional: true,
          dependencies: { js: '1' },
        },
        'node_modules/native-darwin': { version: '1.0.0', optional: true },
        'node_modules/js': { version: '1.0.0' },
      },
      'node_modules/native',
    );
    expect(pruned['node_modules/native-darwin']).toMatchObject({ optional: true });
    expect(pruned['node_modules/native-linux']).toMatchObject({ optional: true });
    expect(pruned['node_modules/js']).not.toHaveProperty('optional');
  });

  it('is for production, also if the workspace needs a package for development only', () => {
    const pruned = prune({ 'node_modules/a': { version: '1.0.0', dev: true } }, 'node_modules/a');
    expect(pruned['node_modules/a']).toEqual({ version: '1.0.0' });
  });

  it('gives each package the version that it has in the workspace', () => {
    const pruned = prune(
      {
        'node_modules/a': { version: '1.0.0', dependencies: { shared: '2' } },
        'node_modules/a/node_modules/shared': { version: '2.0.0' },
        'node_modules/b': { version: '1.0.0', dependencies: { shared: '1' } },
        'node_modules/shared': { version: '1.0.0' },
      },
      'node_modules/a',
      'node_modules/b',
    );
    expect(pruned['node_modules/shared']?.version).toBe('2.0.0');
    expect(pruned['node_modules/b/node_modules/shared']?.version).toBe('1.0.0');
  });

  it('gives a package its version also if one around it needs another one', () => {
    const pruned = prune(
      {
        'node_modules/parser': { version: '10.0.0' },
        'node_modules/shared': { version: '4.0.0' },
        // `parser` comes first and takes the version at the top, until `shared` 7 comes in between.
        'node_modules/outer': { version: '1.0.0', dependencies: { parser: '9', shared: '7' } },
        'node_modules/outer/node_modules/parser': {
          version: '9.0.0',
          dependencies: { shared: '4' },
        },
        'node_modules/outer/node_modules/parser/node_modules/shared': { version: '4.0.0' },
        'node_modules/outer/node_modules/shared': { version: '7.0.0' },
      },
      'node_modules/outer',
      'node_modules/parser',
      'node_modules/shared',
    );

    expect(pruned['node_modules/shared']?.version).toBe('4.0.0');
    expect(pruned['node_modules/outer/node_modules/shared']?.version).toBe('7.0.0');
    expect(pruned['node_modules/outer/node_modules/parser/node_modules/shared']?.version).toBe(
      '4.0.0',
    );
  });

  it('brings a package to the top that the workspace has inside another one', () => {
    const pruned = prune(
      {
        'node_modules/a': { version: '1.0.0' },
        'node_modules/a/node_modules/nested': { version: '3.0.0', dependencies: { deep: '1' } },
        'node_modules/a/node_modules/deep': { version: '1.0.0' },
      },
      'node_modules/a/node_modules/nested',
    );
    expect(Object.keys(pruned)).toEqual(['node_modules/deep', 'node_modules/nested']);
  });

  it('puts a required peer beside its package, and leaves out an optional one', () => {
    const pruned = prune(
      {
        'node_modules/a': {
          version: '1.0.0',
          peerDependencies: { peer: '1', extra: '1' },
          peerDependenciesMeta: { extra: { optional: true } },
        },
        'node_modules/peer': { version: '1.0.0', peer: true },
        'node_modules/extra': { version: '1.0.0' },
      },
      'node_modules/a',
    );
    expect(Object.keys(pruned)).toEqual(['node_modules/a', 'node_modules/peer']);
  });

  it('may leave out what the workspace itself declares as optional, and what only that needs', () => {
    const packages = {
      'node_modules/a': { version: '1.0.0', dependencies: { shared: '1' } },
      'node_modules/watcher': {
        version: '1.0.0',
        optional: true,
        dependencies: { shared: '1', deep: '1' },
      },
      'node_modules/shared': { version: '1.0.0' },
      'node_modules/deep': { version: '1.0.0', optional: true },
    };
    const roots = new Map(['a', 'watcher'].map((name) => [name, `node_modules/${name}`]));
    const pruner = new NpmLockfilePruner({ lockfileVersion: 3, packages });
    const pruned = pruner.prune(roots, new Set(['watcher']));
    const optional = Object.keys(pruned).filter((path) => pruned[path]?.optional === true);
    expect(optional).toEqual(['node_modules/deep', 'node_modules/watcher']);
    expect(pruner.overrides()).toEqual({});
  });

  it('comes with overrides where a package gets another version than it asks for', () => {
    const pruner = new NpmLockfilePruner({
      lockfileVersion: 3,
      packages: {
        'node_modules/debug': { version: '4.4.0', dependencies: { ms: '^2.1.3', tag: 'latest' } },
        'node_modules/ms': { version: '2.1.2' },
        'node_modules/tag': { version: '9.0.0' },
        'node_modules/plugin': {
          version: '1.0.0',
          dependencies: { ms: '2' },
          peerDependencies: { host: '^1' },
        },
        'node_modules/host': { version: '2.0.0', name: 'fork' },
      },
    });
    const roots = ['debug', 'host', 'plugin'].map((name): [string, string] => [
      name,
      `node_modules/${name}`,
    ]);
    pruner.prune(new Map(roots));
    expect(pruner.overrides()).toEqual({
      'debug@4.4.0': { ms: '2.1.2' },
      'plugin@1.0.0': { host: 'npm:fork@2.0.0' },
    });
  });
});
