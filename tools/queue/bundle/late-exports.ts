import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { namesInNode } from './names-in-node';

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
export function exportNamesOfLateModules<File extends OutputFile>(
  files: readonly File[],
  { inputs, outputs }: Metafile,
  workspaceRoot: string,
): File[] {
  return files.map((file) => {
    const path = file.path.replaceAll('\\', '/');
    const output = Object.entries(outputs).find(([name]) => path.endsWith(`/${name}`))?.[1];
    const { entryPoint, exports = [] } = output ?? {};
    if (output === undefined || entryPoint === undefined) return file;
    if (inputs[entryPoint]?.format !== 'cjs' || exports.join() !== 'default') return file;
    const text = new TextDecoder().decode(file.contents);
    const [, load] = ONLY_DEFAULT.exec(text) ?? [];
    const names = namesInNode(join(workspaceRoot, entryPoint));
    if (load === undefined || names.length === 0) return file;
    const contents = new TextEncoder().encode(withNames(text, load, names));
    output.bytes = contents.length;
    output.exports = ['default', ...names];
    return { ...file, contents };
  });
}

function withNames(text: string, load: string, names: readonly string[]): string {
  const values = names.map((name, index) => `__late${index}=__late(${JSON.stringify(name)})`);
  const exported = names.map((name, index) => `__late${index} as ${JSON.stringify(name)}`);
  // As in Node, a name whose getter throws is undefined, and does not keep the module from being loaded.
  const read = `name=>{try{return ${load}()[name]}catch{}}`;
  const added = `\nvar __late=${read},${values.join()};\nexport{${exported.join()}};\n`;
  return text.replace(SOURCE_MAP, (end) => `${added}${end.trimStart()}`);
}
