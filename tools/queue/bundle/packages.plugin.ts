import { isBuiltin } from 'node:module';
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild, ResolveResult } from 'esbuild';
import type { NpmPackage } from './npm-package';
import { isNativePackage, isOptionalDependency, packageNameOf, packageOfFile } from './npm-package';

/** An optional package that stays out of the bundle, and the package that would use it. */
export interface LeftOutPackage {
  name: string;
  requiredBy: string;
}

/** What became of the packages of one build. */
export interface PackageUse {
  /** Installed beside the bundle, by name. */
  external: Map<string, NpmPackage>;
  /** External packages of which a second version is needed too. */
  otherVersion: Map<NpmPackage, NpmPackage>;
  /** Optional, and required by no other package, by name. */
  leftOut: Map<string, LeftOutPackage>;
  /** Bundled, by name. */
  bundled: Set<string>;
  /** Packages that `import` and `require` find under different files, so that there would be two. */
  dualPackages: Set<string>;
}

export interface PackageRules {
  external: readonly string[];
  leaveOut: readonly string[];
  /** Whether something that does not call this package optional asks for it. */
  isWanted: (name: string) => boolean;
  /** Whether `import` of this package is to find what `require` finds. */
  isCommonJs: (name: string) => boolean;
}

/** esbuild's namespace of the packages that are left out; they are in the metafile under it. */
export const LEFT_OUT = 'left-out';

/** Marks the plugin's own question to esbuild, which the plugin must not answer itself. */
const RESOLVING = Symbol('resolving');

/**
 * Decides for each imported npm package whether it is bundled, stays external, or is left out.
 *
 * - Native packages and those in `external` stay external.
 * - An optional dependency or optional peer of a package is left out, unless another importer
 *   wants it: Nest requires Express, class-validator and others only if they are there, and a bundle that
 *   takes whatever happens to be installed would drag them in. Requiring such a package throws the
 *   same MODULE_NOT_FOUND that Node throws, inside the workspace and outside of it.
 */
export function packagesPlugin(use: PackageUse, rules: PackageRules): Plugin {
  return {
    name: 'packages',
    setup(build) {
      const resolver = new PackageResolver(build, use, rules);
      build.onStart(() => {
        resolver.startBuild();
      });
      build.onResolve({ filter: /^[^./]/ }, (args) => resolver.resolve(args));
      build.onLoad({ filter: /.*/, namespace: LEFT_OUT }, ({ path }) => ({
        contents: missingModule(path),
        loader: 'js',
      }));
    },
  };
}

class PackageResolver {
  /** The file that each package was found at, by what was asked for, to notice a second one. */
  private readonly found = new Map<string, string>();

  constructor(
    private readonly build: PluginBuild,
    private readonly use: PackageUse,
    private readonly rules: PackageRules,
  ) {}

  startBuild(): void {
    this.found.clear();
    this.use.external.clear();
    this.use.otherVersion.clear();
    this.use.leftOut.clear();
    this.use.bundled.clear();
    this.use.dualPackages.clear();
  }

  async resolve(args: OnResolveArgs): Promise<OnResolveResult | undefined> {
    const isOwnQuestion = args.pluginData === RESOLVING;
    if (isOwnQuestion || args.kind === 'entry-point' || isBuiltin(args.path)) return undefined;

    const name = packageNameOf(args.path);
    if (this.isLeftOut(name, args.importer)) return { path: args.path, namespace: LEFT_OUT };

    const resolved = await this.find(args, this.rules.isCommonJs(name));
    // esbuild itself then reports it, or accepts it where the require stands inside a try block.
    if (resolved.errors.length > 0) return undefined;

    const { path, external, namespace, sideEffects } = resolved;
    const npmPackage = external ? undefined : packageOfFile(path);
    if (!npmPackage) return { path, external, namespace, sideEffects };
    if (this.isExternal(npmPackage)) {
      this.addExternal(npmPackage);
      return { path: args.path, external: true, sideEffects };
    }
    this.use.bundled.add(npmPackage.name);
    this.noticeSecondFile(args.path, path, npmPackage);
    return { path, namespace, sideEffects };
  }

  /** A package may offer nothing to `require`: then it is an ES module for every importer. */
  private async find(args: OnResolveArgs, asCommonJs: boolean): Promise<ResolveResult> {
    const { kind, importer, resolveDir } = args;
    const isImport = kind === 'import-statement' || kind === 'dynamic-import';
    const question = { importer, resolveDir, pluginData: RESOLVING };
    if (asCommonJs && isImport) {
      const found = await this.build.resolve(args.path, { ...question, kind: 'require-call' });
      if (found.errors.length === 0) return found;
    }
    return this.build.resolve(args.path, { ...question, kind });
  }

  private isLeftOut(name: string, importer: string): boolean {
    const by = packageOfFile(importer);
    const isOptional = by !== undefined && isOptionalDependency(by.manifest, name);
    const isAskedFor = this.rules.isWanted(name) || this.rules.external.includes(name);
    if (!this.rules.leaveOut.includes(name) && (!isOptional || isAskedFor)) return false;
    this.use.leftOut.set(name, { name, requiredBy: by?.name ?? importer });
    return true;
  }

  private isExternal(npmPackage: NpmPackage): boolean {
    return this.rules.external.includes(npmPackage.name) || isNativePackage(npmPackage);
  }

  private addExternal(npmPackage: NpmPackage): void {
    const first = this.use.external.get(npmPackage.name);
    if (!first) this.use.external.set(npmPackage.name, npmPackage);
    else if (first.version !== npmPackage.version) this.use.otherVersion.set(first, npmPackage);
  }

  /** CommonJS code and ES modules must share one instance of a package, as they do in Node. */
  private noticeSecondFile(specifier: string, path: string, { name, folder }: NpmPackage): void {
    const key = `${folder}\0${specifier}`;
    const first = this.found.get(key);
    if (first === undefined) this.found.set(key, path);
    else if (first !== path) this.use.dualPackages.add(name);
  }
}

function missingModule(specifier: string): string {
  const name = packageNameOf(specifier);
  const message =
    `Cannot find module '${specifier}': the bundle leaves out "${name}", because it is optional and ` +
    'no file of the application imports it. Import it, or list it in "include" of the build options.';
  return `throw Object.assign(new Error(${JSON.stringify(message)}), { code: 'MODULE_NOT_FOUND' });`;
}
