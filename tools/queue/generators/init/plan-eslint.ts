import ts from 'typescript';
import { PLUGIN_NAME, type SourceFiles } from '../../workspace/index';
import { parseSource, unwrap } from '../../workspace/parse-source';
import { type TextEdit, withEdits } from '../plan/text-edits';

/** Settings of ESLint for a whole workspace. */
const CONFIGS = ['mjs', 'js', 'cjs'].map((ending) => `eslint.config.${ending}`);

export interface EslintSettings {
  file: string;
  /** Its text with the rules of this plugin; undefined if that is for a person to add. */
  next: string | undefined;
}

/** What the settings of ESLint should be; undefined if the workspace has none, or has the rules. */
export function eslintSettings(files: SourceFiles): EslintSettings | undefined {
  const file = CONFIGS.find((name) => files.isFile(name));
  if (file === undefined) return undefined;
  const text = files.read(file, 'utf-8') ?? '';
  if (text.includes(`${PLUGIN_NAME}/eslint`)) return undefined;
  return { file, next: withRules(file, text) };
}

/** In a list that is exported, the rules come last. */
function withRules(file: string, text: string): string | undefined {
  const source = parseSource(file, text);
  for (const statement of source.statements) {
    if (ts.isExportAssignment(statement)) {
      const entry = entryEdit(source, statement.expression, 'queue.configs.recommended');
      const line = `import queue from '${PLUGIN_NAME}/eslint';\n`;
      return entry && withEdits(text, [{ start: 0, end: 0, text: line }, entry]);
    }
    const exported = commonJsExport(source, statement);
    if (exported !== undefined) {
      const entry = entryEdit(source, exported, 'queue.default.configs.recommended');
      const line = `const queue = require('${PLUGIN_NAME}/eslint');\n`;
      return entry && withEdits(text, [{ start: 0, end: 0, text: line }, entry]);
    }
  }
  return undefined;
}

/** What stands behind `module.exports =`. */
function commonJsExport(source: ts.SourceFile, statement: ts.Statement): ts.Expression | undefined {
  if (!ts.isExpressionStatement(statement)) return undefined;
  const { expression } = statement;
  const isExport =
    ts.isBinaryExpression(expression) && expression.left.getText(source) === 'module.exports';
  return isExport ? expression.right : undefined;
}

function entryEdit(
  source: ts.SourceFile,
  exported: ts.Expression,
  entry: string,
): TextEdit | undefined {
  const list = unwrap(exported);
  if (!ts.isArrayLiteralExpression(list)) return undefined;
  const last = list.elements.at(-1);
  if (last === undefined) {
    return { start: list.getStart(source), end: list.getEnd(), text: `[${entry}]` };
  }
  return { start: last.getEnd(), end: last.getEnd(), text: `,\n  ${entry}` };
}
