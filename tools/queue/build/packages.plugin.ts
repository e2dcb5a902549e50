import { isBuiltin } from 'node:module';
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild';
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
  /** Optional, and not asked for by any file of the workspace, by name. */
  leftOut: Map<string, LeftOutPackage>;
}

export interface PackageRules {
  external: readonly string[];
  leaveOut: readonly string[];
  /** Whether the application asks for this optional package. */
  isWanted(name: string): boolean;
}

const NAMESPACE = 'left-out';
const RESOLVING = Symbol('resolving');

/**
 * Decides for each imported npm package whether it is bundled, stays external, or is left out.
 *
 * - Native packages and those in `external` stay external.
 * - An optional dependency or optional peer of a package is left out, unless a file of the workspace
 *   imports it too: Nest requires Express, class-validator and others only if they are there, and a
 *   bundle that takes whatever happens to be installed would drag them in. Requiring such a package
 *   throws the same MODULE_NOT_FOUND that Node throws, inside the workspace and outside of it.
 */
export function packagesPlugin(use: PackageUse, rules: PackageRules): Plugin {
  return {
    name: 'packages',
    setup(build) {
      build.onStart(() => {
        use.external.clear();
        use.leftOut.clear();
      });
      build.onResolve({ filter: /^[^./]/ }, (args) => resolve(build, args, use, rules));
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
        contents: missingModule(path),
        loader: 'js',
      }));
    },
  };
}

async function resolve(
  build: PluginBuild,
  args: OnResolveArgs,
  use: PackageUse,
  rules: PackageRules,
): Promise<OnResolveResult | undefined> {
  if (args.pluginData === RESOLVING || args.kind === 'entry-point' || isBuiltin(args.path)) {
    return undefined;
  }
  const name = packageNameOf(args.path);
  const importer = packageOfFile(args.importer);
  const isOptional = importer !== undefined && isOptionalDependency(importer.manifest, name);

  if (rules.leaveOut.includes(name) || (isOptional && !isAskedFor(name, rules))) {
    use.leftOut.set(name, { name, requiredBy: importer?.name ?? args.importer });
    return { path: args.path, namespace: NAMESPACE };
  }

  const { path, errors, sideEffects, namespace } = await build.resolve(args.path, {
    kind: args.kind,
    importer: args.importer,
    resolveDir: args.resolveDir,
    pluginData: RESOLVING,
  });
  // esbuild itself then reports it, or accepts it where the require stands inside a try block.
  if (errors.length > 0) return undefined;

  const found = packageOfFile(path);
  if (found && (rules.external.includes(found.name) || isNativePackage(found))) {
    use.external.set(found.name, found);
    return { path: args.path, external: true, sideEffects };
  }
  return { path, namespace, sideEffects };
}

function isAskedFor(name: string, rules: PackageRules): boolean {
  return rules.isWanted(name) || rules.external.includes(name);
}

function missingModule(specifier: string): string {
  const name = packageNameOf(specifier);
  const message =
    `Cannot find module '${specifier}': the bundle leaves out "${name}", because it is optional and ` +
    'no file of the application imports it. Import it, or list it in "include" of the build options.';
  return `throw Object.assign(new Error(${JSON.stringify(message)}), { code: 'MODULE_NOT_FOUND' });`;
}
