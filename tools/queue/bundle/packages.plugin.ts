import { isBuiltin } from 'node:module';
import { relative, sep } from 'node:path';
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild, ResolveResult } from 'esbuild';
import { LEFT_OUT } from './left-out';
import type { NpmPackage } from './npm-package';
import {
  dependencyKind,
  findPackage,
  nativeReason,
  packageNameOf,
  packageOfFile,
} from './npm-package';
import { isCommonJsFile, REQUIRED, requiredModule } from './required-module';

/** An optional package that stays out of the bundle, and the package that would use it. */
export interface LeftOutPackage {
  name: string;
  requiredBy: string;
}

/** A package that is installed beside the bundle, and why it is not part of it. */
export interface ExternalPackage extends NpmPackage {
  reason: string;
}

/** What became of the packages of one build. */
export interface PackageUse {
  /** By name. */
  external: Map<string, ExternalPackage>;
  /** External packages of which a second version is needed too. */
  otherVersion: Map<NpmPackage, NpmPackage>;
  /** Optional, and required by no other package, by name. */
  leftOut: Map<string, LeftOutPackage>;
  /** Packages with compiled code that a file of theirs imports, by folder, and where it lies. */
  compiled: Map<string, string>;
  /** Bundled, by folder. */
  bundled: Map<string, NpmPackage>;
  /** Packages that `import` and `require` find under different files, so that there would be two. */
  dualPackages: Set<string>;
}

export interface PackageRules {
  external: readonly string[];
  /** Why a package cannot be bundled, if that is known from an earlier round. */
  reasonOf: (npmPackage: NpmPackage) => string | undefined;
  leaveOut: readonly string[];
  /** Whether something that does not call this package optional asks for it. */
  isWanted: (name: string) => boolean;
  /** Whether `import` of this package is to find what `require` finds. */
  isCommonJs: (name: string) => boolean;
}

/** Why a package is external that a person lists in the build options. */
export const LISTED = 'listed in "external"';

/** Marks the plugin's own question to esbuild, which the plugin must not answer itself. */
const RESOLVING = Symbol('resolving');

/**
 * Decides for each imported npm package whether it is bundled, stays external, or is left out.
 *
 * - Packages with compiled code, those that look for a file beside themselves, and those in `external`
 *   stay external.
 *   Sources require those of them that are CommonJS, as in `nx serve`.
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
      build.onLoad({ filter: /.*/, namespace: REQUIRED }, ({ path }) => requiredModule(path));
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
    this.use.compiled.clear();
    this.use.dualPackages.clear();
  }

  async resolve(args: OnResolveArgs): Promise<OnResolveResult | undefined> {
    const isOwnQuestion = args.pluginData === RESOLVING;
    if (isOwnQuestion || args.kind === 'entry-point' || isBuiltin(args.path)) return undefined;

    if (args.namespace === REQUIRED) return { path: args.path, external: true };
    const name = packageNameOf(args.path);
    if (this.isLeftOut(name, args.importer)) return { path: args.path, namespace: LEFT_OUT };

    const { found: resolved, isChanged } = await this.find(args, this.rules.isCommonJs(name));
    if (resolved.errors.length > 0) return this.resolveMissing(args, name);

    const { path, external, namespace, sideEffects } = resolved;
    const npmPackage = external ? undefined : packageOfFile(path);
    if (!npmPackage) return undefined;
    const reason = this.reasonToStayOut(npmPackage);
    if (reason !== undefined) {
      this.addExternal({ ...npmPackage, reason });
      const isRequired = isCommonJsFile(path, npmPackage) && isImportOfSource(args);
      if (isRequired) return { path: args.path, namespace: REQUIRED, sideEffects };
      return { path: externalPath(args, path, npmPackage), external: true, sideEffects };
    }
    this.use.bundled.set(npmPackage.folder, npmPackage);
    this.noticeSecondFile(args.path, path, npmPackage);
    // esbuild 0.28 forgets that a file is an ES module by its package.json, if a plugin says where it is. Then
    // the file gets another default export of CommonJS than in Node.
    return isChanged ? { path, namespace, sideEffects } : undefined;
  }

  /**
   * A package may name another one that is not installed, such as a database driver, in code that is never
   * reached: as in Node, only reaching it fails. What a source of the workspace imports must be there; esbuild
   * says so, and accepts it where the require stands inside a try block.
   */
  private resolveMissing(
    { path, kind, importer }: OnResolveArgs,
    name: string,
  ): OnResolveResult | undefined {
    const by = packageOfFile(importer);
    const isLate = kind === 'require-call' || kind === 'dynamic-import';
    if (!by || !isLate || findPackage(name, by.folder)) return undefined;
    this.use.leftOut.set(name, { name, requiredBy: by.name });
    return { path, namespace: LEFT_OUT };
  }

  /** A package may offer nothing to `require`: then it is an ES module for every importer. */
  private async find(
    { path, kind, importer, resolveDir }: OnResolveArgs,
    asCommonJs: boolean,
  ): Promise<{ found: ResolveResult; isChanged: boolean }> {
    const isImport = kind === 'import-statement' || kind === 'dynamic-import';
    const question = { importer, resolveDir, pluginData: RESOLVING };
    const found = await this.build.resolve(path, { ...question, kind });
    if (!asCommonJs || !isImport) return { found, isChanged: false };
    const required = await this.build.resolve(path, { ...question, kind: 'require-call' });
    const isChanged = required.errors.length === 0 && required.path !== found.path;
    return { found: isChanged ? required : found, isChanged };
  }

  private isLeftOut(name: string, importer: string): boolean {
    const by = packageOfFile(importer);
    const isOptional = by !== undefined && dependencyKind(by.manifest, name) === 'optional';
    const isAskedFor = this.rules.isWanted(name) || this.rules.external.includes(name);
    if (!this.rules.leaveOut.includes(name) && (!isOptional || isAskedFor)) return false;
    this.use.leftOut.set(name, { name, requiredBy: by?.name ?? importer });
    return true;
  }

  private reasonToStayOut(npmPackage: NpmPackage): string | undefined {
    if (this.rules.external.includes(npmPackage.name)) return LISTED;
    return this.rules.reasonOf(npmPackage) ?? nativeReason(npmPackage);
  }

  private addExternal(npmPackage: ExternalPackage): void {
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

/** Packages that are bundled import what Node finds, or they would not run without a bundle. */
function isImportOfSource({ kind, importer }: OnResolveArgs): boolean {
  return kind === 'import-statement' && packageOfFile(importer) === undefined;
}

/**
 * What Node's `import` finds: unlike `require`, it completes no ending and no index.js. A package with `exports`
 * says itself what its paths lead to.
 */
function externalPath(
  { path, kind }: OnResolveArgs,
  file: string,
  { name, folder, manifest }: NpmPackage,
): string {
  const isImport = kind === 'import-statement' || kind === 'dynamic-import';
  if (!isImport || path === name || manifest.exports !== undefined) return path;
  return `${name}/${relative(folder, file).split(sep).join('/')}`;
}

function missingModule(specifier: string): string {
  const name = packageNameOf(specifier);
  const message =
    `Cannot find module '${specifier}': the bundle leaves out "${name}", because it is optional or not installed, and ` +
    'no file of the application imports it. Install and import it, or list it in "include" of the build options.';
  return `throw Object.assign(new Error(${JSON.stringify(message)}), { code: 'MODULE_NOT_FOUND' });`;
}
