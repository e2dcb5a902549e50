import { isBuiltin } from 'node:module';
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild';
import { packageOfFile } from '../build/npm-package';

const NAMESPACE = 'required';
const RESOLVING = Symbol('resolving');

/**
 * Leaves npm packages where they are, in node_modules: bundling them again at each change would take
 * longer than all the rest.
 *
 * They are required, not imported. So there is one instance of each, as in a build; and a name can be
 * imported from any CommonJS package, where Node itself would only see the names it can guess.
 */
export function requiredPackagesPlugin(): Plugin {
  return {
    name: 'required-packages',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, (args) => resolve(build, args));
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(path)});`,
        loader: 'js',
      }));
    },
  };
}

async function resolve(
  build: PluginBuild,
  args: OnResolveArgs,
): Promise<OnResolveResult | undefined> {
  const { path, kind, importer, resolveDir, namespace } = args;
  if (args.pluginData === RESOLVING || kind === 'entry-point' || isBuiltin(path)) return undefined;
  if (namespace === NAMESPACE) return { path, external: true };

  const question = { importer, resolveDir, pluginData: RESOLVING };
  const required = await build.resolve(path, { ...question, kind: 'require-call' });
  const isFound = required.errors.length === 0;
  const found = isFound ? required : await build.resolve(path, { ...question, kind });
  // esbuild then reports it, with the place of the import.
  if (found.errors.length > 0) return undefined;

  const npmPackage = packageOfFile(found.path);
  if (!npmPackage) return { path: found.path, external: found.external };
  const isEsModule = found.path.endsWith('.mjs') || npmPackage.manifest.type === 'module';
  const isCommonJs = found.path.endsWith('.cjs') || !isEsModule;
  return isFound && isCommonJs ? { path, namespace: NAMESPACE } : { path, external: true };
}
