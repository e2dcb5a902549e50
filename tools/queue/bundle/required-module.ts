import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Metafile, OnLoadResult } from 'esbuild';
import type { NpmPackage, PackageManifest } from './npm-package';

/** esbuild's namespace of the modules that stand for a CommonJS package beside the bundle, under its import path. */
export const REQUIRED = 'required';

const PREFIX = `${REQUIRED}:`;

/**
 * A module that requires a package in place of importing it. So a name can be imported from any CommonJS package: Node's
 * `import` has only those names that stand in its text, and ends the program for another one when it starts.
 */
export function requiredModule(specifier: string): OnLoadResult {
  return { contents: `module.exports = require(${JSON.stringify(specifier)});`, loader: 'js' };
}

/**
 * Whether Node takes a file of a package for CommonJS, by its ending or by the nearest package.json; or for JSON or compiled
 * code, which it only requires without further ado.
 */
export function isCommonJsFile(file: string, npmPackage: NpmPackage): boolean {
  if (/\.(?:cjs|json|node)$/.test(file)) return true;
  return !file.endsWith('.mjs') && nearestManifest(file, npmPackage).type !== 'module';
}

/**
 * Packages with both kinds of modules have one in the folder of each, with nothing but `type` in it. One without `type`
 * counts too: its folder is CommonJS, whatever the package is.
 */
function nearestManifest(
  file: string,
  { folder, manifest }: NpmPackage,
): Pick<PackageManifest, 'type'> {
  for (let at = dirname(file); at.length > folder.length; at = dirname(at)) {
    const path = join(at, 'package.json');
    if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as PackageManifest;
  }
  return manifest;
}

/** The same metafile, in which a package that is required this way is imported by its importers themselves. */
export function withoutRequiredModules<Given extends Metafile>(metafile: Given): Given {
  const isOurs = (path: string) => path.startsWith(PREFIX);
  const withoutOurs = <Value>(record: Record<string, Value>) =>
    Object.entries(record).filter(([path]) => !isOurs(path));
  const inputs: Metafile['inputs'] = {};
  for (const [path, input] of withoutOurs(metafile.inputs)) {
    const imports = input.imports.map((each) =>
      isOurs(each.path) ? { ...each, path: each.path.slice(PREFIX.length), external: true } : each,
    );
    inputs[path] = { ...input, imports };
  }
  const outputs: Metafile['outputs'] = {};
  for (const [path, output] of Object.entries(metafile.outputs)) {
    outputs[path] = { ...output, inputs: Object.fromEntries(withoutOurs(output.inputs)) };
  }
  return { ...metafile, inputs, outputs };
}
