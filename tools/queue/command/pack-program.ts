import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { PACKED } from '../workspace/built-program.cjs';

/** What a command loads besides the command line: a command of builds loads neither the runtime nor contracts. */
const PARTS: readonly { readonly name: string; readonly holds: (file: string) => boolean }[] = [
  { name: 'builds', holds: (file) => /^(?:read-build|page)-[^.]*\.js$/.test(file) },
  { name: 'runtime', holds: () => true },
];

/**
 * Packs the files of a program into a few of CommonJS, of which V8's compiled code can be kept beside them with every
 * version of Node.js: `workspace/cached-program.cjs` runs them. A program that cannot be packed, because a contract awaits at
 * its top level, runs as it is and starts slower.
 *
 * @param folder of the program
 */
export async function packProgram(folder: string): Promise<void> {
  const packed = join(folder, PACKED);
  const late = new Set<string>();
  // As a part of an ES module, `default` would be all of what is required.
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
  try {
    await pack(packed, { entryPoints: [join(folder, 'queue.js')], plugins: [lateParts(late)] });
    await Promise.all(
      PARTS.map(({ name, holds }) => {
        const files = [...late].filter(
          (file) => PARTS.find((part) => part.holds(basename(file)))?.holds === holds,
        );
        return packPart(join(dirname(packed), `${name}.cjs`), files);
      }),
    );
  } catch {
    // The program is what counts, and it is whole without.
    rmSync(packed, { force: true });
  }
}

/** A file that is imported late is required from its part: `runtime#report.job-X.js`. */
function lateParts(late: Set<string>): Plugin {
  return {
    name: 'late-parts',
    setup(build) {
      build.onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        if (kind !== 'dynamic-import') return undefined;
        late.add(join(resolveDir, path));
        const file = basename(path);
        const part = PARTS.find(({ holds }) => holds(file))?.name ?? '';
        return { path: `${part}#${file}`, external: true };
      });
    },
  };
}

/** A part exports what loads each of its files. */
function packPart(outfile: string, files: readonly string[]): Promise<void> {
  const entries = files.map(
    (file) => `${JSON.stringify(basename(file))}: () => require(${JSON.stringify(file)}),`,
  );
  const contents = `module.exports = { ${entries.join(' ')} };`;
  return pack(outfile, { stdin: { contents, resolveDir: dirname(outfile) } });
}

/** @throws Error if the file would not be ASCII: read as such, it takes half of the time */
async function pack(outfile: string, options: BuildOptions): Promise<void> {
  await build({
    ...options,
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'cjs',
    target: 'node20.19',
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    // There is no module to import from in a script.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__packedUrl' },
    banner: {
      js:
        "(function (exports, require, module, __filename, __dirname) { 'use strict';" +
        "const __packedUrl = require('node:url').pathToFileURL(__filename).href;",
    },
    footer: { js: '})' },
    logLevel: 'silent',
  });
  if (readFileSync(outfile).some((byte) => byte > 127)) throw new Error(`${outfile} is not ASCII`);
}
