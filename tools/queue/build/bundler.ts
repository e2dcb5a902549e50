import type {
  BuildContext,
  BuildFailure,
  BuildOptions,
  BuildResult,
  Message,
  Metafile,
  OutputFile,
} from 'esbuild';
import { context } from 'esbuild';
import { BuildError } from './build.error';
import { BundleError } from './bundle.error';
import type { BundleSettings } from './bundle-settings';
import { decoratorsPlugin } from './decorators.plugin';
import { KNOWN_EXTERNAL } from './known-external';
import type { NpmPackage } from './npm-package';
import type { LeftOutPackage, PackageUse } from './packages.plugin';
import { packagesPlugin } from './packages.plugin';
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
 * Some CommonJS packages call `require` in ways that cannot be resolved while bundling, and an ES
 * module has none. It is a global, not a constant of each file, because packages may declare a
 * constant `require` themselves, and two of them in one file are a syntax error. `__filename` and
 * `__dirname` are renamed (`define`) for the same reason.
 */
const BANNER = `\
import { createRequire as __bundleCreateRequire } from 'node:module';
import { dirname as __bundleDirnameOf } from 'node:path';
import { fileURLToPath as __bundlePathOf } from 'node:url';
globalThis.require ??= __bundleCreateRequire(import.meta.url);
const __bundleFilename = __bundlePathOf(import.meta.url);
const __bundleDirname = __bundleDirnameOf(__bundleFilename);
`;

/**
 * Bundles one application, again and again: what did not change since the last time stays in memory.
 * Call `dispose` at the end, or the process does not exit.
 */
export class Bundler {
  private readonly settings: BundleSettings;
  private readonly use: PackageUse = {
    external: new Map(),
    otherVersion: new Map(),
    leftOut: new Map(),
    bundled: new Set(),
    twofold: new Set(),
  };
  private readonly wanted = new Set<string>();
  private readonly commonJs = new Set<string>();
  private readonly present = new Set<string>();
  private contexts: Promise<Contexts> | undefined;

  constructor(settings: BundleSettings) {
    this.settings = settings;
  }

  /** Throws `BundleError` with all errors that esbuild found. */
  async bundle(): Promise<Bundle> {
    try {
      this.contexts ??= this.createContexts();
      const { workspace, whole } = await this.contexts;
      const imported = await readWorkspaceImports(workspace, this.settings.workspaceRoot);
      this.wanted.clear();
      for (const name of [...imported, ...this.settings.include]) this.wanted.add(name);

      const { outputFiles, metafile, warnings } = await this.rebuildUntilSettled(whole);
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
      if (isBuildFailure(error)) throw new BundleError(this.settings.project, error.errors);
      throw error;
    }
  }

  /**
   * Two things are known only after bundling. A package that both `import` and `require` reach is
   * bundled once more as `require` finds it, because CommonJS code can load nothing else. One that was
   * left out as optional, but is there for somebody else, is given to whoever would use it. Learnt
   * once, it holds for all later builds.
   */
  private async rebuildUntilSettled(whole: WholeContext): Promise<WholeResult> {
    const result = await whole.rebuild();
    const { twofold, leftOut, bundled } = this.use;
    const single = [...twofold].filter((name) => !this.commonJs.has(name));
    const present = [...leftOut.keys()].filter(
      (name) => bundled.has(name) && !this.present.has(name),
    );
    if (single.length === 0 && present.length === 0) return result;
    for (const name of single) this.commonJs.add(name);
    for (const name of present) this.present.add(name);
    return this.rebuildUntilSettled(whole);
  }

  private assertOneVersion(external: ReadonlyMap<string, NpmPackage>): void {
    for (const [first, second] of this.use.otherVersion) {
      if (!external.has(first.name)) continue;
      throw new BuildError(
        `"${this.settings.project}" needs two versions of ${first.name}, which cannot be bundled: ` +
          `${first.version} (${first.folder}) and ${second.version} (${second.folder}). ` +
          'Only one can be installed beside the bundle. Bring them to one version with "overrides" in package.json.',
      );
    }
  }

  async dispose(): Promise<void> {
    if (!this.contexts) return;
    const { workspace, whole } = await this.contexts;
    await Promise.all([workspace.dispose(), whole.dispose()]);
  }

  private async createContexts(): Promise<Contexts> {
    const {
      workspaceRoot,
      entryPoints,
      outputPath,
      tsConfig,
      define,
      minify,
      sourceMap,
      sourcesContent,
    } = this.settings;
    const shared = {
      absWorkingDir: workspaceRoot,
      entryPoints,
      outdir: outputPath,
      tsconfig: tsConfig,
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'esm',
      splitting: true,
      logLevel: 'silent',
    } as const satisfies BuildOptions;

    const workspace = await context({ ...shared, packages: 'external' });
    const whole = await context({
      ...shared,
      target: 'node20.19',
      chunkNames: 'chunks/[name]-[hash]',
      sourcemap: sourceMap ? 'linked' : false,
      sourcesContent,
      keepNames: true,
      minifySyntax: minify,
      minifyWhitespace: minify,
      banner: { js: BANNER },
      define: {
        __filename: '__bundleFilename',
        __dirname: '__bundleDirname',
        ...define,
      },
      plugins: [
        decoratorsPlugin(),
        packagesPlugin(this.use, {
          external: [...KNOWN_EXTERNAL, ...this.settings.external],
          leaveOut: this.settings.leaveOut,
          isWanted: (name) => this.wanted.has(name) || this.present.has(name),
          isCommonJs: (name) => this.commonJs.has(name),
        }),
      ],
    });
    return { workspace, whole };
  }
}

interface Contexts {
  /** Files of the workspace only, to learn which packages they import. */
  workspace: BuildContext<{ metafile: true }>;
  whole: WholeContext;
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

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}
