import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Message, Metafile } from 'esbuild';
import { namesInNode } from './names-in-node';
import { isOwnSource } from './own-source';

/** `const { a, b: c } = await import('x')`, and `import('x').then(({ a }) => …)`. */
const TAKES_NAMES = [
  /\{(?<names>[^{}]*)\}\s*=\s*await\s+import\(\s*(['"])(?<module>[^'"]+)\2\s*\)(?!\s*\.)/g,
  /\bimport\(\s*(['"])(?<module>[^'"]+)\1\s*\)\s*\.then\(\s*(?:async\s*)?\(\s*\{(?<names>[^{}]*)\}/g,
];

/**
 * Warnings about names that a source of the workspace takes from a CommonJS module by `import()`, and that the module
 * makes while it runs: in Node and in a bundle they are undefined, and nothing else says so before a job fails.
 */
export function missingLateNames({ inputs }: Metafile, workspaceRoot: string): Message[] {
  return Object.entries(inputs).flatMap(([file, { imports }]) => {
    const late = imports.filter(
      ({ kind, path }) => kind === 'dynamic-import' && inputs[path]?.format === 'cjs',
    );
    if (late.length === 0 || !isOwnSource(file)) return [];
    const text = readFileSync(join(workspaceRoot, file), 'utf8');
    return TAKES_NAMES.flatMap((pattern) => [...text.matchAll(pattern)]).flatMap((match) => {
      const { module = '', names = '' } = match.groups ?? {};
      const path = late.find(({ original }) => original === module)?.path;
      if (path === undefined) return [];
      const known = new Set(['default', '__esModule', ...namesInNode(join(workspaceRoot, path))]);
      const missing = namesOf(names).filter((name) => !known.has(name));
      return missing.length === 0
        ? []
        : [warning(file, text, match.index, module, missing.join(', '))];
    });
  });
}

/** Of `{ a, b: c, d = 1, ...rest }`: a, b, d. */
function namesOf(list: string): string[] {
  return list
    .split(',')
    .map((part) => /^\s*([\w$]+)/.exec(part)?.[1])
    .filter((name) => name !== undefined);
}

function warning(file: string, text: string, at: number, module: string, names: string): Message {
  const before = text.slice(0, at).split('\n');
  const start = before.at(-1) ?? '';
  return {
    id: '',
    pluginName: '',
    text:
      `import('${module}') has no ${names}: Node finds the names of a CommonJS package in its text, and ` +
      `this one makes them while it runs. Take them from its "default".`,
    location: {
      file,
      namespace: '',
      line: before.length,
      column: Buffer.byteLength(start),
      length: 0,
      lineText: text.split('\n')[before.length - 1] ?? '',
      suggestion: '',
    },
    notes: [],
    detail: undefined,
  };
}
