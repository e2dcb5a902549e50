import { SourceMap } from 'node:module';
import type { Options } from '@swc/core';
import type { AnyNode, Program } from 'acorn';
import { parse } from 'acorn';
import { compile } from './compile';
import { helpers, replacedHelper } from './interop-helpers';
import { locateRequires } from './require-positions';

export interface Module {
  source: string;
  /** How swc is to read it. */
  options: Options;
  /** Whether an import of a CommonJS module takes its `__esModule` for true: not in what Node takes for an ES module. */
  trustsEsModuleFlag: boolean;
}

export interface CommonJs {
  code: string;
  /** A source map, as JSON. */
  map: string | undefined;
  /** Where the module waits for something while it is loaded, which CommonJS cannot. */
  topLevelAwait: { line: number; column: number } | undefined;
}

interface Edit {
  start: number;
  end: number;
  text: string;
}

/**
 * Compiles a module to CommonJS that behaves as esbuild's output does. swc alone differs from it where
 * modules import each other in a circle (an import that has no value yet throws), in what
 * `import * as` finds in a CommonJS module, and in `import()`, which Jest does not have on Node 20.
 */
export function toCommonJs(module: Module): CommonJs {
  const { code, map } = compile(module.source, {
    ...module.options,
    module: { type: 'commonjs', ignoreDynamic: true },
  });
  return { ...finish(code, map, module), map: map && locateRequires(code, map) };
}

/** Gives a script that is CommonJS already what stands for `import()`; `undefined` if it has none. */
export function finishCommonJs(module: Omit<Module, 'options'>): string | undefined {
  const program = parseScript(module.source);
  const imports = program ? dynamicImports(program, module.source) : [];
  if (!program || imports.length === 0) return undefined;
  return apply(module.source, [...imports, prologue(program, module.trustsEsModuleFlag)]);
}

function finish(
  code: string,
  map: string | undefined,
  { trustsEsModuleFlag }: Omit<Module, 'options'>,
): Omit<CommonJs, 'map'> {
  const program = parseScript(code);
  if (!program) return { code, topLevelAwait: undefined };

  const edits: Edit[] = [];
  let needsHelpers = false;
  for (const statement of program.body) {
    if (statement.type === 'VariableDeclaration' && /^(?:let|const)$/.test(statement.kind)) {
      // As esbuild does: what is read too early is undefined.
      const { start, kind } = statement;
      edits.push({ start, end: start + kind.length, text: 'var'.padEnd(kind.length) });
    } else if (statement.type === 'FunctionDeclaration') {
      const text = replacedHelper(statement.id.name, trustsEsModuleFlag);
      if (text === undefined) continue;
      const { start, end } = statement;
      const lines = code.slice(start, end).split('\n').length - 1;
      edits.push({ start, end, text: text + '\n'.repeat(lines) });
      needsHelpers = true;
    }
  }
  for (const getter of exportGetters(program)) edits.push(...guardedReads(getter));
  const imports = dynamicImports(program, code);
  const [waiting] = findAll(program, 'await', code, isAwait, isFunction);
  if (needsHelpers || imports.length > 0) edits.push(prologue(program, trustsEsModuleFlag));
  return {
    code: apply(code, [...edits, ...imports]),
    topLevelAwait: waiting && positionInSource(code, waiting.start, map),
  };
}

function dynamicImports(program: Program, code: string): Edit[] {
  return findAll(program, 'import', code, ({ type }) => type === 'ImportExpression').map(
    ({ start }) => ({ start, end: start + 'import'.length, text: '__import' }),
  );
}

/** After "use strict", on its line, so that all other lines stay where they are. */
function prologue({ body }: Program, trustsEsModuleFlag: boolean): Edit {
  const directives = body.filter((node) => node.type === 'ExpressionStatement' && node.directive);
  const start = directives.at(-1)?.end ?? 0;
  return { start, end: start, text: `;${helpers(trustsEsModuleFlag)}` };
}

/** Whether it can be read as a script, which has no import and no export. */
export function isScript(code: string): boolean {
  return parseScript(code) !== undefined;
}

/** `undefined` if it is in a syntax that the parser does not know; the engine may. */
function parseScript(code: string): Program | undefined {
  try {
    return parse(code, {
      ecmaVersion: 'latest',
      sourceType: 'script',
      allowAwaitOutsideFunction: true,
      allowReturnOutsideFunction: true,
      allowHashBang: true,
    });
  } catch {
    return undefined;
  }
}

/** The functions by which swc exports: `_export(exports, { get a() {…} })` or `defineProperty(exports, 'a', { get: … })`. */
function exportGetters(program: Program): AnyNode[] {
  return program.body.flatMap((statement) => {
    const call = statement.type === 'ExpressionStatement' ? statement.expression : undefined;
    if (call?.type !== 'CallExpression') return [];
    const [target, , descriptor = call.arguments[1]] = call.arguments;
    const isExport = target?.type === 'Identifier' && target.name === 'exports';
    if (!isExport || descriptor?.type !== 'ObjectExpression') return [];
    return descriptor.properties.flatMap((property) =>
      property.type === 'Property' && property.value.type === 'FunctionExpression'
        ? [property.value]
        : [],
    );
  });
}

/** `_other.name`, while the other module is not loaded yet, is undefined too. */
function guardedReads(getter: AnyNode): Edit[] {
  return findAll(getter, '', '', ({ type }) => type === 'MemberExpression').flatMap((node) => {
    if (node.type !== 'MemberExpression' || node.object.type !== 'Identifier') return [];
    const { end } = node.object;
    return [{ start: end, end, text: node.computed ? '?.' : '?' }];
  });
}

/** All nodes that `isWanted` accepts, if `hint` is in the code at all; not inside of those that `isClosed` accepts. */
function findAll(
  root: AnyNode,
  hint: string,
  code: string,
  isWanted: (node: AnyNode) => boolean,
  isClosed: (node: AnyNode) => boolean = () => false,
): AnyNode[] {
  const found: AnyNode[] = [];
  if (!code.includes(hint)) return found;
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isNode(value) || isClosed(value)) return;
    if (isWanted(value)) found.push(value);
    Object.values(value).forEach(visit);
  };
  visit(root);
  return found;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

function isAwait(node: AnyNode): boolean {
  return node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node.await);
}

function isFunction({ type }: AnyNode): boolean {
  return /Function/.test(type);
}

function positionInSource(code: string, offset: number, map: string | undefined) {
  const lines = code.slice(0, offset).split('\n');
  const place = { line: lines.length, column: lines.at(-1)?.length ?? 0 };
  if (map === undefined) return place;
  const parsed = JSON.parse(map) as ConstructorParameters<typeof SourceMap>[0];
  const entry = new SourceMap(parsed).findEntry(place.line - 1, place.column);
  return 'originalLine' in entry
    ? { line: entry.originalLine + 1, column: entry.originalColumn }
    : place;
}

function apply(code: string, edits: readonly Edit[]): string {
  let result = '';
  let position = 0;
  for (const { start, end, text } of edits.toSorted((a, b) => a.start - b.start)) {
    result += code.slice(position, start) + text;
    position = end;
  }
  return result + code.slice(position);
}
