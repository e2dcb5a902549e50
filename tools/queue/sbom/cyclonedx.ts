import { Contrib, Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import parseExpression from 'spdx-expression-parse';
import type { Shipped, ShippedPackage } from './shipped-packages';

/** How a package is shipped, as a property of its component. */
const SHIPPED = 'nx-job-queue:shipped';

/**
 * A software bill of materials in CycloneDX 1.6, as JSON: one component a package, who uses whom, licences as the packages
 * name them, and the hash of what each was installed from. The same build gives the same text: it has no time and no
 * serial number.
 */
export function cycloneDx(project: string, { packages, used }: Shipped): string {
  const bom = new Models.Bom();
  const application = new Models.Component(Enums.ComponentType.Application, project, {
    bomRef: project,
  });
  bom.metadata.component = application;
  bom.metadata.lifecycles.add(Enums.LifecyclePhase.Build);

  const licenses = new Contrib.License.Factories.LicenseFactory(parseExpression);
  const components = new Map(
    [...packages].map(([place, found]) => [place, component(found, licenses)]),
  );
  const refsOf = (places: ReadonlySet<string>) =>
    [...places].flatMap((place) => components.get(place)?.bomRef ?? []);
  for (const [place, { uses }] of packages) {
    const own = components.get(place);
    if (own === undefined) continue;
    bom.components.add(own);
    for (const ref of refsOf(uses)) own.dependencies.add(ref);
  }
  for (const ref of refsOf(used)) application.dependencies.add(ref);

  const factory = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  const text = new Serialize.JsonSerializer(factory).serialize(bom, { sortLists: true, space: 2 });
  return `${text}\n`;
}

function component(
  { place, name, version, license, integrity, isBundled, isOptional }: ShippedPackage,
  licenses: Contrib.License.Factories.LicenseFactory,
): Models.Component {
  const [, group, ownName = name] = /^(@[^/]+)\/(.+)$/.exec(name) ?? [];
  const scope = isOptional ? Enums.ComponentScope.Optional : Enums.ComponentScope.Required;
  const found = new Models.Component(Enums.ComponentType.Library, ownName, {
    bomRef: place,
    version,
    scope,
    purl: packageUrl(name, version),
    ...(group !== undefined && { group }),
  });
  if (license !== undefined) found.licenses.add(licenses.makeFromString(license));
  for (const { algorithm, value } of hashesOf(integrity)) found.hashes.set(algorithm, value);
  found.properties.add(new Models.Property(SHIPPED, isBundled ? 'bundled' : 'installed'));
  return found;
}

/** `pkg:npm/%40nestjs/core@11.0.0`. Source: the package URL specification, type npm. */
function packageUrl(name: string, version: string): string {
  return `pkg:npm/${name.replace(/^@/, '%40')}@${encodeURIComponent(version)}`;
}

const ALGORITHMS: Readonly<Record<string, Enums.HashAlgorithm>> = {
  sha1: Enums.HashAlgorithm['SHA-1'],
  sha256: Enums.HashAlgorithm['SHA-256'],
  sha384: Enums.HashAlgorithm['SHA-384'],
  sha512: Enums.HashAlgorithm['SHA-512'],
};

/** `integrity` as npm writes it: one or several of `sha512-<base64>`. */
function hashesOf(integrity = ''): { algorithm: Enums.HashAlgorithm; value: string }[] {
  return integrity.split(' ').flatMap((text) => {
    const [, name = '', base64 = ''] = /^(\w+)-(.+)$/.exec(text) ?? [];
    const algorithm = ALGORITHMS[name];
    return algorithm === undefined
      ? []
      : [{ algorithm, value: Buffer.from(base64, 'base64').toString('hex') }];
  });
}
