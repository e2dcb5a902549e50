import type { ProjectGraph } from '@nx/devkit';
import type { BundleSettings } from '../bundle/bundle-settings';
import { Bundler } from '../bundle/bundler';
import { readGuardFacts } from '../guard/read-facts';
import { bundleRoots } from '../record/bundle-roots';
import type { BundleSizes } from '../record/build-record';
import { bundleSizes } from './bundle-sizes';
import { mapBundle } from './map-bundle';
import { namePackages } from './name-packages';

/**
 * Bundles an application and tells its sizes, without writing or checking it.
 *
 * @param packagesOf the workspace whose packages are linked into the one that is bundled
 */
export async function measureApp(
  settings: BundleSettings,
  graph: ProjectGraph,
  packagesOf: string,
): Promise<BundleSizes> {
  const { workspaceRoot, project } = settings;
  const bundler = new Bundler(settings);
  try {
    const bundle = namePackages(await bundler.bundle(), workspaceRoot, packagesOf);
    const facts = readGuardFacts(settings, bundle, graph);
    const leftOut = [...bundle.leftOut];
    const report = { project, metafile: bundle.metafile, leftOut, allowed: [] };
    const external = [...bundle.external.values()].map((found) => ({
      ...found,
      bytes: 0,
      packages: [],
    }));
    return bundleSizes(mapBundle({ report, facts, roots: bundleRoots(facts) }, external));
  } finally {
    await bundler.dispose();
  }
}
