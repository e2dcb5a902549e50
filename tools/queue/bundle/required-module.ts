import type { Metafile, OnLoadResult } from 'esbuild';
import type { NpmPackage } from './npm-package';

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

/** Whether Node takes a file of a package for CommonJS. */
export function isCommonJsFile(file: string, { manifest }: NpmPackage): boolean {
  if (file.endsWith('.cjs')) return true;
  return !file.endsWith('.mjs') && manifest.type !== 'module';
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
