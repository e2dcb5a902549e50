import { existsSync, statSync } from 'node:fs';
import { relative, sep } from 'node:path';
import ts from 'typescript';
import type { FileReference, ReadSource } from './file-reference';
import type { DerivedPath } from './own-location';
import { derivedPaths, mayUseOwnLocation } from './own-location';
import { FILE_PATH, FILE_URL, HELPER_MODULE } from './helper-module';
import type { ResolveCall } from './resolve-calls';
import { mayResolve, resolveCalls } from './resolve-calls';

const CODE = /\.[cm]?[jt]sx?$/;

export interface SourceContext {
  /** Absolute. */
  workspaceRoot: string;
  /** The files that the bundle starts from, absolute. They lie beside one another in the bundle. */
  entryPoints: readonly string[];
}

/**
 * Reads the paths that a source derives from its own location, and rewrites them: in the bundle that
 * location is another one, and below `files/` lies what the source refers to, in the folders of the workspace.
 *
 * @param file absolute
 */
export function readSource(file: string, text: string, context: SourceContext): ReadSource {
  if (!mayUseOwnLocation(text) && !mayResolve(text)) return { text, references: [] };
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const edits = new Map<number, Edit>();
  const references: FileReference[] = [];
  for (const derived of derivedPaths(source, file)) {
    if (isHarmless(derived)) continue;
    const target = findTarget(derived.path) ?? folderOfPattern(derived.path);
    if (target !== undefined && areEntries(context, file, target)) continue;
    const reference = classify(derived, target, { file, source, context });
    if (reference) references.push(reference);
    addEdits(edits, derived, reference, { file, context });
  }
  for (const call of resolveCalls(source, file)) {
    const reference = referenceOf(call, { file, source, context });
    references.push(reference);
    if (call.target !== undefined) addResolvedEdit(edits, call, reference);
  }
  if (edits.size === 0) return { text, references };
  const helpers = `\nimport { ${FILE_PATH}, ${FILE_URL} } from '${HELPER_MODULE}';\n`;
  return { text: applyEdits(text, [...edits.values()]) + helpers, references };
}

interface Edit {
  start: number;
  end: number;
  text: string;
}

/** What takes only a name from it, or compares it, asks for its type, or makes a `require` of it (a rule of its own). */
const HARMLESS_CALLS = new Set(['basename', 'extname', 'createRequire']);

function isHarmless({ expression }: DerivedPath): boolean {
  const { parent } = expression;
  if (ts.isTypeOfExpression(parent)) return true;
  if (ts.isBinaryExpression(parent)) {
    return (
      parent.operatorToken.kind === ts.SyntaxKind.EqualsEqualsEqualsToken ||
      parent.operatorToken.kind === ts.SyntaxKind.ExclamationEqualsEqualsToken
    );
  }
  if (!ts.isCallExpression(parent)) return false;
  const called = parent.expression.getText().split('.').at(-1) ?? '';
  return HARMLESS_CALLS.has(called);
}

/** TypeScript names a source by what it is compiled to: `./hash.worker.js` is `hash.worker.ts`. */
function findTarget(path: string): string | undefined {
  if (existsSync(path)) return path;
  const [, name, kind] = /^(.*)\.([cm]?)js$/.exec(path) ?? [];
  if (name === undefined) return undefined;
  return [`${name}.${kind}ts`, `${name}.${kind}tsx`].find((source) => existsSync(source));
}

/**
 * The folder of a path in which a library fills something in, such as `locales/{{lng}}.json`. Not of a
 * pattern for code: that is compiled, and no longer there under its name.
 */
function folderOfPattern(path: string): string | undefined {
  const [folder] = /^.*?\/(?=[^/]*[*{}[\]<>%:$])/.exec(path) ?? [];
  if (folder === undefined || /\.[cm]?[jt]sx?\}?$/.test(path)) return undefined;
  return existsSync(folder) ? folder.slice(0, -1) : undefined;
}

function areEntries({ entryPoints }: SourceContext, file: string, target: string): boolean {
  return file !== target && entryPoints.includes(file) && entryPoints.includes(target);
}

interface Place {
  file: string;
  source: ts.SourceFile;
  context: SourceContext;
}

function classify(
  { expression, path, isWhole }: DerivedPath,
  target: string | undefined,
  { file, source, context: { workspaceRoot } }: Place,
): FileReference | undefined {
  const { line } = source.getLineAndCharacterOfPosition(expression.getStart(source));
  const reference = (kind: FileReference['kind'], at: string): FileReference => ({
    kind,
    from: inWorkspace(workspaceRoot, file),
    line: line + 1,
    text: expression.getText(source),
    target: inWorkspace(workspaceRoot, at),
  });

  if (target === undefined) return reference('missing', path);
  if (statSync(target).isDirectory()) {
    // Generated code notes its own folder, for others to read, and may never do so.
    if (isWhole && isAssigned(expression)) return undefined;
    const holdsSource = `${file}${sep}`.startsWith(`${target}${sep}`);
    return reference(holdsSource ? 'unknown' : 'asset', target);
  }
  if (!isWhole) return reference('unknown', target);
  // A module that runs itself in a thread, or only says its name.
  if (target === file) return startsProgram(expression) ? reference('program', target) : undefined;
  return reference(CODE.test(target) ? 'program' : 'asset', target);
}

function referenceOf(
  { expression, path, target }: ResolveCall,
  { file, source, context: { workspaceRoot } }: Place,
): FileReference {
  const { line } = source.getLineAndCharacterOfPosition(expression.getStart(source));
  const found = CODE.test(target ?? '') ? 'program' : 'asset';
  return {
    kind: target === undefined ? 'missing' : found,
    from: inWorkspace(workspaceRoot, file),
    line: line + 1,
    text: expression.getText(source),
    target: inWorkspace(workspaceRoot, target ?? path),
  };
}

function addResolvedEdit(
  edits: Map<number, Edit>,
  { expression, isUrl }: ResolveCall,
  { kind, target }: FileReference,
): void {
  const start = expression.getStart();
  const place = kind === 'program' ? target.replace(CODE, '.js') : target;
  const text = `${isUrl ? FILE_URL : FILE_PATH}(${JSON.stringify(place)})`;
  edits.set(start, { start, end: expression.end, text });
}

function isAssigned({ parent }: ts.Node): boolean {
  return ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
}

/** `new Worker(…)`, `fork(…)`, `new Piscina({ filename: … })`. */
function startsProgram({ parent }: ts.Node): boolean {
  return (
    ts.isNewExpression(parent) ||
    ts.isPropertyAssignment(parent) ||
    (ts.isCallExpression(parent) && /\b(?:fork|spawn)\w*$/.test(parent.expression.getText()))
  );
}

function addEdits(
  edits: Map<number, Edit>,
  { mention, lastText }: DerivedPath,
  reference: FileReference | undefined,
  { file, context: { workspaceRoot } }: Pick<Place, 'file' | 'context'>,
): void {
  const own = inWorkspace(workspaceRoot, file);
  const name = mention.getText();
  const isFolder = name.endsWith('dirname');
  const place = isFolder ? own.slice(0, Math.max(own.lastIndexOf('/'), 0)) : own;
  const helper = name.endsWith('url') ? FILE_URL : FILE_PATH;
  const start = mention.getStart();
  edits.set(start, { start, end: mention.end, text: `${helper}(${JSON.stringify(place)})` });

  if (reference?.kind !== 'program' || !lastText) return;
  const text = lastText.getText().replace(/\.[cm]?[jt]sx?(?=.$)/, '.js');
  edits.set(lastText.getStart(), { start: lastText.getStart(), end: lastText.end, text });
}

function applyEdits(text: string, edits: Edit[]): string {
  return edits
    .sort((a, b) => b.start - a.start)
    .reduce((edited, { start, end, text: replacement }) => {
      return edited.slice(0, start) + replacement + edited.slice(end);
    }, text);
}

function inWorkspace(workspaceRoot: string, path: string): string {
  return relative(workspaceRoot, path).split(sep).join('/');
}
