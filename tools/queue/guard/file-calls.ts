import ts from 'typescript';

/** A call that reads a file by a path that is written out, and begins at the working directory. */
export interface FileRead {
  text: string;
  path: string;
  line: number;
}

const READING =
  /^(?:readFile|readFileSync|createReadStream|readdir|readdirSync|opendir|opendirSync|open|openSync|openAsBlob)$/;

/** The calls in one module of functions of `node:fs` that read, wherever they stand. */
export function readFileCalls(source: ts.SourceFile): FileRead[] {
  const found: FileRead[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && READING.test(nameOf(node.expression))) {
      const [argument] = node.arguments;
      const path = argument && pathOf(argument);
      if (path !== undefined && path !== '' && !path.startsWith('/')) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
        found.push({ text: node.getText(source), path, line: line + 1 });
      }
    }
    node.forEachChild(visit);
  };
  // Of the few modules that read files at all.
  if (mayReadFiles(source.text)) visit(source);
  return found;
}

export function mayReadFiles(text: string): boolean {
  return /\b(?:node:)?fs\b/.test(text);
}

/** A text, or `join`, `resolve` of texts, with or without `process.cwd()` before them. */
function pathOf(node: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text.replace(/^\.\//, '');
  if (!ts.isCallExpression(node)) return undefined;
  const name = nameOf(node.expression);
  if (name === 'cwd') return '';
  if (name !== 'join' && name !== 'resolve') return undefined;
  const parts = node.arguments.map(pathOf);
  if (parts.some((part) => part === undefined)) return undefined;
  return parts.filter((part) => part !== '').join('/');
}

function nameOf(expression: ts.Expression): string {
  if (ts.isIdentifier(expression)) return expression.text;
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : '';
}
