import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GuardFacts, ImportPlace } from '../guard/facts';
import { isOwnFile } from '../guard/bundle-graph';

/** What modules of the workspace import with an `await` at their top level, by file. */
export type AwaitedImports = Readonly<Record<string, readonly string[]>>;

/** Only then a text has to be parsed to find them. */
const MAY_AWAIT = /\bawait\b[\s(]*import\b/;

/** What a build writes down: it has parsed these modules already, which takes too long for an answer. */
export function awaitedImports(
  { bundle, importIn }: Pick<GuardFacts, 'bundle' | 'importIn'>,
  workspaceRoot: string,
): AwaitedImports {
  const awaited: Record<string, string[]> = {};
  for (const node of bundle.nodes.values()) {
    const lazy = isOwnFile(node) ? node.imports.filter(({ isLazy }) => isLazy) : [];
    if (lazy.length === 0 || !MAY_AWAIT.test(read(workspaceRoot, node.path))) continue;
    const found = lazy
      .map(({ specifier }) => specifier)
      .filter((specifier) => importIn(node.path, specifier)?.isAwaited);
    if (found.length > 0) awaited[node.path] = found;
  }
  return awaited;
}

/**
 * Finds the line of an import in the text of a module. That it is there is known, so the first text that looks like it,
 * outside of comments and not of types only, is the one.
 */
export function importLines(
  workspaceRoot: string,
  awaited: AwaitedImports,
): GuardFacts['importIn'] {
  const texts = new Map<string, string>();
  return (path, specifier): ImportPlace | undefined => {
    const text = texts.get(path) ?? withoutComments(read(workspaceRoot, path));
    texts.set(path, text);
    const at = importOf(specifier).exec(text)?.index;
    if (at === undefined) return undefined;
    const line = text.slice(0, at).split('\n').length;
    return { line, isHidden: false, isAwaited: awaited[path]?.includes(specifier) ?? false };
  };
}

/** `import { a } from 'x'`, `import 'x'`, `export * from 'x'`, `import('x')`, `require('x')`. */
function importOf(specifier: string): RegExp {
  const quoted = `(['"\`])${specifier.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}\\1`;
  const ofTypes = String.raw`\s+type\s+(?!from\b|,|=)`;
  return new RegExp(
    String.raw`\b(?:(?:import|export)\b(?!${ofTypes})[^'"\`;=]*?|(?:require|import\s+\w+\s*=\s*require)\s*\(\s*)${quoted}`,
  );
}

/** As long as the text, and with its lines. */
function withoutComments(text: string): string {
  return text.replaceAll(
    /(['"])(?:\\.|(?!\1)[^\\\n])*\1|`[^`\\]*(?:\\.[^`\\]*)*`|\/\/.*|\/\*[^]*?\*\//g,
    (found) => (/^\/[/*]/.test(found) ? found.replaceAll(/[^\n]/g, ' ') : found),
  );
}

function read(workspaceRoot: string, path: string): string {
  return readFileSync(join(workspaceRoot, path), 'utf8');
}
