import { relative } from 'node:path';
import ts from 'typescript';

/** Programs whose errors have been reported. */
const reported = new WeakSet();

/**
 * Reports every error that the compiler finds in a program, with its file and place, at the first file of the program
 * that is linted: a program also has files that are not linted, such as generated ones.
 *
 * The option `files` reports those of some files only, by their absolute paths, and spares the check of the others.
 */
export const typeErrors = {
  meta: {
    type: 'problem',
    schema: [
      {
        type: 'object',
        properties: { files: { type: 'array', items: { type: 'string' } } },
        additionalProperties: false,
      },
    ],
    defaultOptions: [{}],
  },
  create(context) {
    const [{ files }] = context.options;
    const { program } = context.sourceCode.parserServices;
    if (!program || reported.has(program)) return {};
    reported.add(program);
    return {
      Program(node) {
        for (const message of errorsOf(program, files, context.cwd))
          context.report({ node, message });
      },
    };
  },
};

/** @returns the errors as `tsc` prints them */
function errorsOf(program, files, folder) {
  const found = files
    ? files
        .map((file) => program.getSourceFile(file))
        .filter((file) => file !== undefined)
        .flatMap((file) => ts.getPreEmitDiagnostics(program, file))
    : ts.getPreEmitDiagnostics(program);
  // The parser has the compiler look for what is not used as well, which `tsc` does not here.
  const errors = found.filter(({ reportsUnnecessary }) => !reportsUnnecessary);
  return errors.map(({ file, start = 0, code, messageText }) => {
    const text = `error TS${code}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    if (!file) return text;
    const { line, character } = file.getLineAndCharacterOfPosition(start);
    return `${relative(folder, file.fileName)}(${line + 1},${character + 1}): ${text}`;
  });
}
