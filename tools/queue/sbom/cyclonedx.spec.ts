import { createHash } from 'node:crypto';
import { cycloneDx } from './cyclonedx';
import type { ShippedPackage } from './shipped-packages';

interface Component {
  'bom-ref': string;
  group?: string;
  licenses?: unknown;
  hashes?: unknown;
  scope: string;
  purl: string;
}

function bomOf(...packages: Partial<ShippedPackage>[]) {
  const shipped = packages.map((given, index): ShippedPackage => {
    const name = given.name ?? `package-${index}`;
    return {
      ...{ place: `node_modules/${name}`, name, version: '1.0.0', license: undefined },
      ...{ integrity: undefined, isBundled: true, isOptional: false, uses: new Set() },
      ...given,
    };
  });
  const places = new Map(shipped.map((found) => [found.place, found]));
  return JSON.parse(cycloneDx('worker', { packages: places, used: new Set() })) as {
    components: Component[];
    dependencies: { ref: string; dependsOn?: string[] }[];
  };
}

describe('a bill of materials', () => {
  it('has a licence as an identifier, an expression or a name, whichever it is', () => {
    const { components } = bomOf(
      { license: 'MIT' },
      { license: '(MIT OR Apache-2.0)' },
      { license: 'SEE LICENSE IN LICENSE.md' },
      {},
    );
    expect(components.map(({ licenses }) => licenses)).toEqual([
      [{ license: { id: 'MIT' } }],
      [{ expression: '(MIT OR Apache-2.0)' }],
      [{ license: { name: 'SEE LICENSE IN LICENSE.md' } }],
      undefined,
    ]);
  });

  it('has the hash that npm checks, in hexadecimal', () => {
    const digest = createHash('sha512').update('a package');
    const [base64, hex] = [digest.copy().digest('base64'), digest.digest('hex')];
    const { components } = bomOf({ integrity: `sha512-${base64}` });
    expect(components[0]?.hashes).toEqual([{ alg: 'SHA-512', content: hex }]);
  });

  it('tells two versions of a package apart, and who uses which', () => {
    const nested = 'node_modules/@acme/images/node_modules/ms';
    const { components, dependencies } = bomOf(
      { name: '@acme/images', uses: new Set([nested]) },
      { name: 'ms', version: '2.0.0' },
      { name: 'ms', place: nested, isOptional: true },
    );
    expect(
      components.map(({ group, purl, scope, 'bom-ref': ref }) => [group, purl, scope, ref]),
    ).toEqual([
      ['@acme', 'pkg:npm/%40acme/images@1.0.0', 'required', 'node_modules/@acme/images'],
      [undefined, 'pkg:npm/ms@1.0.0', 'optional', nested],
      [undefined, 'pkg:npm/ms@2.0.0', 'required', 'node_modules/ms'],
    ]);
    expect(dependencies).toContainEqual({ ref: 'node_modules/@acme/images', dependsOn: [nested] });
  });
});
