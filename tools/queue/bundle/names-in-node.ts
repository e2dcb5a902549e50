import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { initSync, parse } from 'cjs-module-lexer';

/**
 * The names that Node exports of a CommonJS module besides `default`: those that stand in its text, and in that of the
 * modules that it passes on. It finds them with the same lexer.
 */
export function namesInNode(file: string): string[] {
  initSync();
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
