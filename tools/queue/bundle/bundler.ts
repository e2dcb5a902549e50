import type { BuildContext, BuildResult, Message, Metafile, OutputFile } from 'esbuild';
import { context } from 'esbuild';
import { bundleErrorFrom } from './bundle.error';
import type { BundleSettings } from './bundle-settings';
import { PluginError } from '../workspace/index';
import { decoratorsPlugin } from './decorators.plugin';
import { esbuildOptions } from './esbuild-options';
import { KNOWN_EXTERNAL } from './known-external';
import type { NpmPackage } from './npm-package';
import type { LeftOutPackage, PackageUse } from './packages.plugin';
import { packagesPlugin } from './packages.plugin';
import { requiredByPackages } from './required-by-packages';
import { readWorkspaceImports } from './workspace-imports';

/** A bundle in memory: nothing is written yet. */
export interface Bundle {
  files: readonly OutputFile[];
  /** What esbuild finds odd in files of the workspace. */
  warnings: readonly Message[];
  metafile: Metafile;
  /** The packages to install beside it, by name. */
  external: ReadonlyMap<string, NpmPackage>;
  leftOut: readonly LeftOutPackage[];
}

/**
 * A package that stays outside of the bundle is needed in two versions, and only one can be installed there.
 *
 * To do: bring both to one version with `overrides` in package.json.
 */
export class PackageVersionsError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_PACKAGE_VERSIONS';

  constructor(project: string, first: NpmPackage, second: NpmPackage) {
    super(
      `"${project}" needs two versions of ${first.name}, which cannot be bundled: ` +
        `${first.version} (${first.folder}) and ${second.version} (${second.folder}). ` +
        'Only one can be installed beside the bundle. Bring them to one version with "overrides" in package.json.',
    );
  }
}

/** Bundles one application. Call `dispose` at the end, or the process does not exit. */
export class Bundler {
  private readonly settings: BundleSettings;
  private readonly use: PackageUse = {
    external: new Map(),
    otherVersion: new Map(),
    leftOut: new Map(),
    bundled: new Set(),
    dualPackages: new Set(),
  };
  /** Packages to bundle although another one calls them optional. */
  private readonly wanted = new Set<string>();
  /** Packages that are found as `require` finds them. */
  private readonly commonJs = new Set<string>();
  private readonly contexts: BuildContext[] = [];

  constructor(settings: BundleSettings) {
    this.settings = settings;
  }

  /** Throws `BundleError` with all errors that esbuild found. */
  async bundle(): Promise<Bundle> {
    try {
      await this.foreseePackages();
      const { outputFiles, metafile, warnings } = await this.bundleUntilSettled(await this.whole());
      const external = importedExternals(metafile, this.use.external);
      this.assertOneVersion(external);
      return {
        files: outputFiles,
        warnings: warnings.filter(({ location }) => !location?.file.includes('node_modules/')),
        metafile,
        external,
        leftOut: [...this.use.leftOut.values()],
      };
    } catch (error) {
      throw bundleErrorFrom(error, this.settings.project);
    }
  }

  async dispose(): Promise<void> {
    await Promise.all(this.contexts.map((created) => created.dispose()));
  }

  /**
   * What the workspace imports is wanted, and so is what the packages it imports cannot do without.
   * The latter are loaded as CommonJS, because a CommonJS package that needs one can load nothing else.
   */
  private async foreseePackages(): Promise<void> {
    const { workspaceRoot, include } = this.settings;
    const workspace = await context({ ...esbuildOptions(this.settings), packages: 'external' });
    this.contexts.push(workspace);
    const imported = await readWorkspaceImports(workspace, workspaceRoot);
    const required = requiredByPackages(imported, workspaceRoot);
    for (const name of [...imported, ...include, ...required]) this.wanted.add(name);
    for (const name of required) this.commonJs.add(name);
  }

  /**
   * What was not foreseen, because a package imports something that it does not declare, shows in the
   * bundle: then it is made once more with that knowledge.
   */
  private async bundleUntilSettled(whole: WholeContext): Promise<WholeResult> {
    const result = await whole.rebuild();
    const { dualPackages, leftOut, bundled } = this.use;
    const single = [...dualPackages].filter((name) => !this.commonJs.has(name));
    const present = [...leftOut.keys()].filter(
      (name) => bundled.has(name) && !this.wanted.has(name),
    );
    if (single.length === 0 && present.length === 0) return result;
    for (const name of single) this.commonJs.add(name);
    for (const name of present) this.wanted.add(name);
    return this.bundleUntilSettled(whole);
  }

  private async whole(): Promise<WholeContext> {
    const { minify, sourceMap, external, leaveOut } = this.settings;
    const whole = await context({
      ...esbuildOptions(this.settings),
      sourcemap: sourceMap ? 'linked' : false,
      minifySyntax: minify,
      minifyWhitespace: minify,
      plugins: [
        decoratorsPlugin(),
        packagesPlugin(this.use, {
          external: [...KNOWN_EXTERNAL, ...external],
          leaveOut,
          isWanted: (name) => this.wanted.has(name),
          isCommonJs: (name) => this.commonJs.has(name),
        }),
      ],
    });
    this.contexts.push(whole);
    return whole;
  }

  private assertOneVersion(external: ReadonlyMap<string, NpmPackage>): void {
    for (const [first, second] of this.use.otherVersion) {
      if (external.has(first.name)) {
        throw new PackageVersionsError(this.settings.project, first, second);
      }
    }
  }
}

interface WholeOptions {
  metafile: true;
  write: false;
}
type WholeContext = BuildContext<WholeOptions>;
type WholeResult = BuildResult<WholeOptions>;

/** A package that was resolved but whose importer is left out of the bundle need not be installed. */
function importedExternals(
  { outputs }: Metafile,
  resolved: ReadonlyMap<string, NpmPackage>,
): Map<string, NpmPackage> {
  const imported = Object.values(outputs).flatMap(({ imports }) =>
    imports.filter(({ external }) => external).map(({ path }) => path),
  );
  return new Map(
    [...resolved].filter(([name]) =>
      imported.some((path) => path === name || path.startsWith(`${name}/`)),
    ),
  );
}
