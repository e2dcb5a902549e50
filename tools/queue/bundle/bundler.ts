import type { BuildContext, BuildOptions, BuildResult, Message, Metafile } from 'esbuild';
import { context } from 'esbuild';
import { bundleErrorFrom } from './bundle.error';
import type { BundleSettings } from './bundle-settings';
import { PluginError } from '../workspace/index';
import { changedPackagesPlugin } from './changed-packages.plugin';
import { compiledCodePlugin } from './compiled-code.plugin';
import { decoratorsPlugin } from './decorators.plugin';
import { DEFERRED_WORK } from './deferred-work';
import { DEFERRED_REEXPORTS } from './deferred-reexports';
import { esbuildOptions } from './esbuild-options';
import type { BundledFile } from './files/carried-files';
import { carryFiles } from './files/carried-files';
import type { FileReference } from './files/file-reference';
import { helperPlugin } from './files/helper-module';
import type { EntryPoints } from './files/own-sources';
import { ownScriptsPlugin } from './files/own-scripts.plugin';
import { OwnSources } from './files/own-sources';
import type { NamedPackage } from './named-packages';
import type { NpmPackage } from './npm-package';
import { PackageDecisions } from './package-decisions';
import type { ExternalPackage, LeftOutPackage } from './packages.plugin';
import { packagesPlugin } from './packages.plugin';
import { PACKED_TEXTS } from './packed-texts';
import { exportNamesOfLateModules } from './late-exports';
import { missingLateNames } from './late-names.warning';
import { withoutRequiredModules } from './required-module';
import { quickenHelpers } from './runtime-helpers';
import { umdPlugin } from './umd.plugin';
import { unusedDrivers } from './unused-drivers';
import { workspacePackagesPlugin } from './workspace-packages.plugin';
import { readWorkspaceSources } from './workspace-imports';

/** A bundle in memory: nothing is written yet. */
export interface Bundle {
  files: readonly BundledFile[];
  /** What is odd in files of the workspace. */
  warnings: readonly Message[];
  metafile: Metafile;
  /** Packages that no source imports but one names, and that are declared for development only. */
  namedForDevelopment: readonly NamedPackage[];
  /** What its sources refer to by a path. */
  references: readonly FileReference[];
  /** The packages to install beside it, by name. */
  external: ReadonlyMap<string, ExternalPackage>;
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
  private readonly packages: PackageDecisions;
  private readonly sources: OwnSources;
  private readonly contexts: BuildContext[] = [];

  constructor(settings: BundleSettings) {
    this.settings = settings;
    this.packages = new PackageDecisions(settings);
    this.sources = new OwnSources(settings.workspaceRoot, settings.entryPoints);
  }

  /** Throws `BundleError` with all errors that esbuild found. */
  async bundle(): Promise<Bundle> {
    try {
      const whole = await this.whole(await this.foresee());
      const { outputFiles, metafile, warnings } = await this.bundleUntilSettled(whole);
      const external = this.packages.installed(metafile);
      this.assertOneVersion(external);
      const references = this.sources.references(metafile);
      const files = exportNamesOfLateModules(
        quickenHelpers(outputFiles, metafile),
        metafile,
        this.settings.workspaceRoot,
      );
      return {
        ...carryFiles(files, metafile, references, this.settings),
        warnings: [
          ...warnings.filter(({ location }) => !location?.file.includes('node_modules/')),
          ...missingLateNames(metafile, this.settings.workspaceRoot),
        ],
        namedForDevelopment: this.packages.named(metafile, 'devDependencies'),
        references,
        external,
        leftOut: [...this.packages.use.leftOut.values()],
      };
    } catch (error) {
      throw bundleErrorFrom(error, this.settings.project);
    }
  }

  async dispose(): Promise<void> {
    await Promise.all(this.contexts.map((created) => created.dispose()));
  }

  /**
   * Bundles the workspace's own files only, which takes some ten milliseconds, and learns from them which
   * packages are wanted, and which programs the sources start. These are entries too, and may start others.
   */
  private async foresee(): Promise<EntryPoints> {
    const { workspaceRoot } = this.settings;
    let entryPoints: EntryPoints = this.settings.entryPoints;
    for (;;) {
      const plugins = [workspacePackagesPlugin()];
      const workspace = await this.context({ entryPoints, plugins });
      const { metafile } = await workspace.rebuild();
      const next = this.sources.entriesWith(this.sources.references(metafile));
      if (Object.keys(next).length === Object.keys(entryPoints).length) {
        this.packages.foresee(readWorkspaceSources(metafile, workspaceRoot));
        return next;
      }
      entryPoints = next;
    }
  }

  private async bundleUntilSettled(whole: Context): Promise<BuildResult<ContextOptions>> {
    const rebuilt = await whole.rebuild();
    const result = { ...rebuilt, metafile: withoutRequiredModules(rebuilt.metafile) };
    return this.packages.learn(result.metafile) ? this.bundleUntilSettled(whole) : result;
  }

  private whole(entryPoints: EntryPoints): Promise<Context> {
    const { minify, sourceMap } = this.settings;
    const prepare = (path: string, text: string): string => this.sources.read(path, text).text;
    return this.context({
      entryPoints,
      sourcemap: sourceMap ? 'linked' : false,
      minifySyntax: minify,
      minifyWhitespace: minify,
      plugins: [
        decoratorsPlugin(prepare),
        ownScriptsPlugin(this.settings.workspaceRoot, prepare),
        changedPackagesPlugin([
          ...DEFERRED_WORK,
          ...(this.settings.deferReexports === true ? DEFERRED_REEXPORTS : []),
          ...PACKED_TEXTS,
          ...unusedDrivers((driver) => this.packages.isDriverUsed(driver)),
        ]),
        umdPlugin(),
        packagesPlugin(this.packages.use, this.packages),
      ],
    });
  }

  private async context({ plugins = [], ...options }: BuildOptions): Promise<Context> {
    const created = await context({
      ...esbuildOptions(this.settings),
      ...options,
      plugins: [helperPlugin(), compiledCodePlugin(this.packages.use.compiled), ...plugins],
      metafile: true,
      write: false,
    });
    this.contexts.push(created);
    return created;
  }

  private assertOneVersion(external: ReadonlyMap<string, NpmPackage>): void {
    for (const [first, second] of this.packages.use.otherVersion) {
      if (external.has(first.name)) {
        throw new PackageVersionsError(this.settings.project, first, second);
      }
    }
  }
}

interface ContextOptions {
  metafile: true;
  write: false;
}
type Context = BuildContext<ContextOptions>;
