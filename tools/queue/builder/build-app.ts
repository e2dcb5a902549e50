import { dirname, relative, sep } from 'node:path';
import type { ProjectGraph } from '@nx/devkit';
import { formatMessages } from 'esbuild';
import { guard } from '../guard/guard';
import { GuardError } from '../guard/guard.error';
import { readGuardFacts } from '../guard/read-facts';
import type { Build } from '../record/build-record';
import { lastGoodBuild, writeBuildReport } from '../record/build-record';
import { buildInputs } from '../record/build-inputs';
import { bundleRoots } from '../record/bundle-roots';
import { awaitedImports } from '../record/import-lines';
import { recordedGraph } from '../record/recorded-graph';
import { bundleSizes } from '../measure/bundle-sizes';
import { mapBundle } from '../measure/map-bundle';
import type { BundleSettings } from '../bundle/bundle-settings';
import type { Bundle } from '../bundle/bundler';
import { Bundler } from '../bundle/bundler';
import { deploymentFiles } from './deployment-files';
import { imageFiles } from './image-files';
import { hasColors } from '../terminal/has-colors';
import { assertBudget } from './size-budget';
import { writeOutput } from './write-output';
import { packageManager } from '../workspace/package-manager';

/**
 * Bundles an application, checks the bundle, and writes it. Throws a `PluginError` if that fails; then
 * the output of the last good build is still there, as it was.
 */
export async function buildApp(settings: BundleSettings, graph: ProjectGraph): Promise<Build> {
  const { workspaceRoot, project, outputPath, budget = {} } = settings;
  // Before the sources are read: what changes meanwhile is seen to have changed.
  const inputs = buildInputs(workspaceRoot, project, graph, dirname(__dirname));
  const bundler = new Bundler(settings);
  try {
    const bundle = await bundler.bundle();
    await showWarnings(bundle);
    const facts = readGuardFacts(settings, bundle, graph);
    const previous = lastGoodBuild(workspaceRoot, project);
    const { findings, allowed, entries } = guard(facts, previous.allowedFiles);
    const report: Build = {
      project,
      entries: [...facts.bundle.entries],
      external: [...bundle.external.values()].map(({ name, version, reason }) => ({
        name,
        version,
        reason,
      })),
      leftOut: [...bundle.leftOut],
      findings,
      allowed,
      ...previous,
      metafile: bundle.metafile,
      graph: recordedGraph(graph),
      roots: bundleRoots(facts),
      awaited: awaitedImports(facts, workspaceRoot),
      node: process.version,
      inputs,
      nodes: facts.bundle.nodes,
    };
    if (findings.length > 0) {
      writeBuildReport(workspaceRoot, report);
      throw new GuardError(project, findings, entries);
    }
    const external = report.external.map((found) => ({ ...found, bytes: 0, packages: [] }));
    const sizes = bundleSizes(mapBundle({ report, facts, roots: report.roots }, external));
    try {
      assertBudget(project, budget, sizes, previous.sizes);
    } catch (error) {
      // So that `npx queue report` shows the bundle that is too large.
      writeBuildReport(workspaceRoot, report);
      throw error;
    }

    const app = { name: project, root: facts.app.root };
    const deployment = {
      ...deploymentFiles(workspaceRoot, app, bundle.external, graph),
      ...(settings.image && imageFiles(workspaceRoot, app, settings.image)),
    };
    const files = new Map([...bundled(outputPath, bundle.files), ...texts(deployment)]);
    const foreign = writeOutput(outputPath, files, previous.files);
    showForeign(relative(workspaceRoot, outputPath), foreign);
    const allowedFiles = allowed.flatMap((entry) => entry.files);
    const written = { ...report, files: [...files.keys()], sizes, allowedFiles };
    writeBuildReport(workspaceRoot, written);
    return written;
  } finally {
    await bundler.dispose();
  }
}

/** What Nx has in its cache replaces the whole folder, so nothing should be kept there. */
function showForeign(folder: string, foreign: readonly string[]): void {
  if (foreign.length === 0) return;
  process.stderr.write(
    `${folder} has what no build wrote: ${foreign.join(', ')}. It was left as it is. Do not keep files there: ` +
      'Nx empties the folder when it takes a build from its cache. A file that a processor reads belongs ' +
      "beside its source, where new URL('./file', import.meta.url) takes it along.\n",
  );
}

async function showWarnings({ warnings, namedForDevelopment }: Bundle): Promise<void> {
  for (const { name, file, line } of namedForDevelopment) {
    process.stderr.write(
      `${file}:${line} names the package "${name}", which package.json has in "devDependencies": it is not installed beside ` +
        `the bundle. If it is loaded by that name there: ${packageManager().add} ${name}\n`,
    );
  }
  const texts = await formatMessages([...warnings], { kind: 'warning', color: hasColors() });
  process.stderr.write(texts.join(''));
}

function bundled(
  outputPath: string,
  files: readonly { path: string; contents: Uint8Array }[],
): [string, Uint8Array][] {
  return files.map(({ path, contents }) => [
    relative(outputPath, path).split(sep).join('/'),
    contents,
  ]);
}

function texts(files: Record<string, string>): [string, Uint8Array][] {
  const encoder = new TextEncoder();
  return Object.entries(files).map(([name, text]) => [name, encoder.encode(text)]);
}
