import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { init, parse } from 'cjs-module-lexer';
import type { Metafile } from 'esbuild';

/** A file of a bundle, before it is written. */
interface OutputFile {
  path: string;
  contents: Uint8Array;
}

/** How esbuild 0.28 ends the chunk of a CommonJS module that is loaded by `import()`. */
const ONLY_DEFAULT = /\bexport default (require_[\w$]+)\(\);?/;
const SOURCE_MAP = /\n*(\/\/# sourceMappingURL=\S*\s*)?$/;

/**
 * `const { sign } = await import('a-commonjs-package')` gets what it gets in Node. The chunk that esbuild makes of such a
 * package exports `default` and nothing else; Node also exports the names that it finds in the text of the package. The
 * same names, found by the same lexer, are exported here too.
 */
export async function exportNamesOfLateModules<File extends OutputFile>(
  files: readonly File[],
  { inputs, outputs }: Metafile,
  workspaceRoot: string,
): Promise<File[]> {
  await init();
  return files.map((file) => {
    const path = file.path.replaceAll('\\', '/');
    const output = Object.entries(outputs).find(([name]) => path.endsWith(`/${name}`))?.[1];
    const { entryPoint, exports = [] } = output ?? {};
    if (output === undefined || entryPoint === undefined) return file;
    if (inputs[entryPoint]?.format !== 'cjs' || exports.join() !== 'default') return file;
    const text = new TextDecoder().decode(file.contents);
    const [, load] = ONLY_DEFAULT.exec(text) ?? [];
    const names = exportedNames(join(workspaceRoot, entryPoint));
    if (load === undefined || names.length === 0) return file;
    const contents = new TextEncoder().encode(withNames(text, load, names));
    output.bytes = contents.length;
    output.exports = ['default', ...names];
    return { ...file, contents };
  });
}

function withNames(text: string, load: string, names: readonly string[]): string {
  const values = names.map((name, index) => `__late${index}=__late[${JSON.stringify(name)}]`);
  const exported = names.map((name, index) => `__late${index} as ${JSON.stringify(name)}`);
  const added = `\nvar __late=${load}(),${values.join()};\nexport{${exported.join()}};\n`;
  return text.replace(SOURCE_MAP, (end) => `${added}${end.trimStart()}`);
}

/** The names that Node would export of a CommonJS module, and of those that it passes on. */
function exportedNames(file: string): string[] {
  const names = new Set<string>();
  const seen = new Set<string>();
  const read = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const { exports, reexports } = parseModule(path);
    for (const name of exports) names.add(name);
    for (const specifier of reexports) {
      const target = resolve(specifier, path);
      if (target !== undefined) read(target);
    }
  };
  read(file);
  names.delete('default');
  return [...names].sort();
}

/** Not of code that the lexer cannot read, which Node exports no name of. */
function parseModule(path: string): { exports: readonly string[]; reexports: readonly string[] } {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch {
    return { exports: [], reexports: [] };
  }
}

/** Not of a module that is not there, or is part of Node. */
function resolve(specifier: string, from: string): string | undefined {
  try {
    const path = createRequire(from).resolve(specifier);
    return path === specifier ? undefined : path;
  } catch {
    return undefined;
  }
}
