import type { ImportedPackages } from './imported-packages';
import { manifestProblems, type PackageUse } from './manifest-problems';

const imported = (atOnce: readonly string[], later: readonly string[] = []): ImportedPackages => ({
  atOnce: new Set(atOnce),
  later: new Set(later),
});

const use = (named: readonly string[], ...main: readonly ImportedPackages[]): PackageUse => ({
  main,
  named: new Set(named),
});

describe('a package.json and the imports', () => {
  const optional = { optional: true };

  it('agree: what is loaded at once is required, the rest optional, types count as their package', () => {
    const manifest = {
      name: 'mails',
      dependencies: { '@types/pg': '^8' },
      peerDependencies: { pg: '^8', ioredis: '^5' },
      peerDependenciesMeta: { ioredis: optional },
    };
    const used = use(['pg', 'ioredis'], imported(['pg'], ['ioredis']));
    expect(manifestProblems(manifest, used)).toEqual([]);
  });

  it.each([
    ['pg is imported, but not listed', {}, use(['pg'], imported(['pg']))],
    [
      'pg is listed, but not imported',
      { peerDependencies: { pg: '^8' } },
      use([], imported(['pg'])),
    ],
    [
      'pg is optional, but a main entry loads it at once',
      { peerDependencies: { pg: '^8' }, peerDependenciesMeta: { pg: optional } },
      use(['pg'], imported(['pg'])),
    ],
    [
      'pg is required, but no main entry loads it at once',
      { peerDependencies: { pg: '^8' } },
      use(['pg'], imported([], ['pg'])),
    ],
    [
      'pg in "peerDependenciesMeta" is no peer',
      { peerDependenciesMeta: { pg: optional } },
      use([]),
    ],
  ])('disagree: %s', (problem, fields, used) => {
    const [found, ...others] = manifestProblems({ name: 'mails', ...fields }, used);
    expect(found).toContain(problem);
    expect(others).toEqual([]);
  });
});
