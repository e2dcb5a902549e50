import { isBuiltin } from 'node:module';
import type { Metafile } from 'esbuild';
import type { BundleSettings } from './bundle-settings';
import { computedRequires } from './computed-requires';
import { locationReaders } from './location-readers';
import type { NamedPackage } from './named-packages';
import { declaredNames, importedPackages, namedPackages } from './named-packages';
import type { NpmPackage } from './npm-package';
import { findPackage } from './npm-package';
import type { ExternalPackage, PackageRules, PackageUse } from './packages.plugin';
import { LISTED } from './packages.plugin';
import type { Driver } from './unused-drivers';
import { mentionedDrivers } from './unused-drivers';
import type { WorkspaceSources } from './workspace-imports';
import { installedWith, requiredByPackages } from './required-by-packages';
import { RUNTIME_PACKAGE } from '../workspace/runtime-package';

/**
 * What is decided about the packages of one bundle. Some of it shows only in a bundle that was made:
 * `learn` reads it there, and the bundle is made once more with that knowledge.
 */
export class PackageDecisions implements PackageRules {
  readonly use: PackageUse = {
    external: new Map(),
    otherVersion: new Map(),
    leftOut: new Map(),
    compiled: new Map(),
    bundled: new Map(),
    dualPackages: new Set(),
  };
  readonly external: readonly string[];
  readonly leaveOut: readonly string[];
  /** Packages to bundle although another one calls them optional. */
  private readonly wanted = new Set<string>();
  /** Packages that are found as `require` finds them. */
  private readonly commonJs = new Set<string>();
  /** Why a package cannot be bundled, by its folder. */
  private readonly reasons = new Map<string, string>();
  /** The files of drivers that the workspace's own files name. */
  private mentionedDrivers: ReadonlySet<string> = new Set();
  /** Files of packages that do not look for others. */
  private readonly harmless = new Set<string>();

  constructor(private readonly settings: BundleSettings) {
    this.external = settings.external;
    this.leaveOut = settings.leaveOut;
  }

  isWanted(name: string): boolean {
    return this.wanted.has(name);
  }

  isCommonJs(name: string): boolean {
    return this.commonJs.has(name);
  }

  isDriverUsed(driver: Driver): boolean {
    return (
      driver.packages.some((name) => this.isWanted(name) || this.external.includes(name)) ||
      this.mentionedDrivers.has(driver.file)
    );
  }

  reasonOf({ folder }: NpmPackage): string | undefined {
    return this.reasons.get(folder);
  }

  /**
   * What the workspace imports is wanted, and so is what the packages it imports cannot do without.
   * The latter are loaded as CommonJS, because a CommonJS package that needs one can load nothing else.
   *
   * So is what the runtime of jobs can use, such as the client of Redis, if package.json lists it: no source imports that.
   */
  foresee({ packages: imported, texts }: WorkspaceSources): void {
    this.mentionedDrivers = mentionedDrivers(texts.values());
    const { workspaceRoot, include } = this.settings;
    const required = requiredByPackages(imported, workspaceRoot);
    const used = usedByRuntime(workspaceRoot);
    for (const name of [...imported, ...include, ...required, ...used]) this.wanted.add(name);
    for (const name of required) this.commonJs.add(name);
  }

  /** Returns whether anything was learned that changes the bundle. */
  learn(metafile: Metafile): boolean {
    const before = this.size();
    const { dualPackages, leftOut, bundled, compiled } = this.use;
    for (const name of dualPackages) this.commonJs.add(name);
    const names = new Set([...bundled.values()].map(({ name }) => name));
    // A package imports something that it does not declare, and so it is there anyway.
    for (const name of leftOut.keys()) if (names.has(name)) this.wanted.add(name);
    for (const [folder, file] of compiled)
      this.reasons.set(folder, `imports compiled code, ${file}`);
    const { workspaceRoot } = this.settings;
    for (const [{ name, folder }, where] of locationReaders(
      metafile,
      workspaceRoot,
      this.harmless,
    )) {
      if (!this.settings.include.includes(name)) this.reasons.set(folder, where);
    }
    this.shareWithExternal();
    return this.size() > before;
  }

  /** The packages that must be installed beside the bundle: those it imports, and those that are listed. */
  installed(metafile: Metafile): Map<string, ExternalPackage> {
    const imported = new Set(
      Object.values(metafile.outputs).flatMap(({ imports }) =>
        imports
          .filter(({ external, path }) => external && !isBuiltin(path))
          .map(({ path }) => path),
      ),
    );
    const installed = new Map<string, ExternalPackage>();
    for (const [name, found] of this.use.external) {
      // One that was resolved, but whose importer is left out of the bundle, need not be installed.
      const isImported = [...imported].some((path) => path === name || path.startsWith(`${name}/`));
      if (isImported) installed.set(name, found);
    }
    // A package may be loaded by a name that no import shows.
    for (const name of this.external) {
      const found = findPackage(name, this.settings.workspaceRoot);
      if (found && !installed.has(name)) installed.set(name, { ...found, reason: LISTED });
    }
    const { workspaceRoot } = this.settings;
    const declared = declaredNames(workspaceRoot, 'dependencies');
    for (const { loaded, reason } of computedRequires(metafile, workspaceRoot, declared)) {
      if (this.leaveOut.includes(loaded.name) || installed.has(loaded.name)) continue;
      installed.set(loaded.name, { ...loaded, reason });
    }
    for (const { name, file, line } of this.named(metafile, 'dependencies')) {
      const found = findPackage(name, this.settings.workspaceRoot);
      const reason = `named in ${file}:${line}, to be loaded by that name`;
      if (found && !installed.has(name)) installed.set(name, { ...found, reason });
    }
    return installed;
  }

  /**
   * The packages that no source imports, but one names, and of which package.json has the name in this
   * field. Those in `devDependencies` are not there where the bundle runs.
   */
  named(metafile: Metafile, field: 'dependencies' | 'devDependencies'): NamedPackage[] {
    const { workspaceRoot } = this.settings;
    const imported = importedPackages(metafile, workspaceRoot);
    const names = declaredNames(workspaceRoot, field).filter(
      (name) => !imported.has(name) && !this.leaveOut.includes(name),
    );
    return namedPackages(metafile, workspaceRoot, names);
  }

  /**
   * A package beside the bundle finds what it depends on beside it too. What the bundle uses of that must be
   * the same instance, as in Node: two copies of `@nestjs/core`, for example, do not know each other's classes.
   */
  private shareWithExternal(): void {
    const { bundled, external } = this.use;
    for (const npmPackage of external.values()) {
      for (const { folder } of installedWith(npmPackage)) {
        if (!bundled.has(folder)) continue;
        this.reasons.set(folder, `shared with ${npmPackage.name}, which is beside the bundle`);
      }
    }
  }

  private size(): number {
    return this.wanted.size + this.commonJs.size + this.reasons.size;
  }
}

/** Of the optional peers of the runtime, where it is a package, those that package.json lists. */
function usedByRuntime(workspaceRoot: string): string[] {
  const { peerDependenciesMeta = {} } = findPackage(RUNTIME_PACKAGE, workspaceRoot)?.manifest ?? {};
  const optional = Object.keys(peerDependenciesMeta);
  if (optional.length === 0) return [];
  return declaredNames(workspaceRoot, 'dependencies').filter((name) => optional.includes(name));
}
