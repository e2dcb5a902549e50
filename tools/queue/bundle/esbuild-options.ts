import type { BuildOptions } from 'esbuild';
import type { BundleSettings } from './bundle-settings';
import { customConditions } from './custom-conditions';
import { FILE_LOADERS } from './files/file-loaders';

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

/** What every bundle of an application has in common: ES modules for Node, in memory, with metafile. */
export function esbuildOptions({
  workspaceRoot,
  entryPoints,
  outputPath,
  tsConfig,
  define,
}: BundleSettings) {
  return {
    ...customConditions(tsConfig),
    absWorkingDir: workspaceRoot,
    entryPoints,
    outdir: outputPath,
    tsconfig: tsConfig,
    // What tsconfig says of JSX comes first; without it there would be calls of a React that no file imports.
    jsx: 'automatic',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    splitting: true,
    target: 'node20.19',
    chunkNames: 'chunks/[name]-[hash]',
    keepNames: true,
    // The mapping is enough for stack traces, and the text of the sources is in the repository.
    sourcesContent: false,
    loader: FILE_LOADERS,
    // As Node does, which tries .node last.
    resolveExtensions: ['.tsx', '.ts', '.jsx', '.js', '.css', '.json', '.node'],
    logLevel: 'silent',
    banner: { js: BANNER },
    define: { __filename: '__bundleFilename', __dirname: '__bundleDirname', ...define },
  } as const satisfies BuildOptions;
}
