import { dirname, join, sep } from 'node:path';
import ts from 'typescript';

const ROOM = dirname(__dirname);

/** Names of the BullMQ members that this folder overrides. */
export function overriddenMembers(): string[] {
  const names = roomFiles().flatMap((file) => {
    const source = ts.createSourceFile(
      file,
      ts.sys.readFile(file) ?? '',
      ts.ScriptTarget.Latest,
      true,
    );
    return source.statements.filter(ts.isClassDeclaration).flatMap(({ members }) =>
      members
        .filter((member) => ts.canHaveModifiers(member))
        .filter((member) =>
          ts.getModifiers(member)?.some(({ kind }) => kind === ts.SyntaxKind.OverrideKeyword),
        )
        .map(({ name }) => name?.getText(source) ?? ''),
    );
  });
  return [...new Set(names)].sort();
}

/**
 * Compiles this folder against BullMQ declarations with these members renamed.
 *
 * @returns the compiler's errors, each with its source line
 */
export function compileWithRenamed(members: readonly string[]): string[] {
  const configFile = join(ROOM, '../../tsconfig.json');
  const json: unknown = ts.readConfigFile(configFile, (file) => ts.sys.readFile(file)).config;
  const { options } = ts.parseJsonConfigFileContent(json, ts.sys, dirname(configFile));
  const host = ts.createCompilerHost(options);
  const read = host.readFile.bind(host);
  host.readFile = (file) => {
    const text = read(file);
    const isDeclaration = file.includes(`${sep}bullmq${sep}dist${sep}`) && file.endsWith('.d.ts');
    return isDeclaration && text !== undefined ? renameMembers(text, members) : text;
  };
  host.getSourceFile = (file, target) => {
    const text = host.readFile(file);
    return text === undefined ? undefined : ts.createSourceFile(file, text, target);
  };
  const program = ts.createProgram({ rootNames: roomFiles(), options, host });
  return roomFiles()
    .flatMap((file) => program.getSemanticDiagnostics(program.getSourceFile(file)))
    .map(({ file, start = 0, length = 0, messageText }) => {
      const place = file?.text.slice(start, start + length) ?? '';
      return `${place}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
}

/** The members keep their places and types; their names get a suffix. */
function renameMembers(declarations: string, members: readonly string[]): string {
  const source = ts.createSourceFile('bullmq.d.ts', declarations, ts.ScriptTarget.Latest, true);
  return source.statements
    .filter(ts.isClassDeclaration)
    .flatMap((each) => [...each.members])
    .map(({ name }) => name)
    .filter((name) => name !== undefined && members.includes(name.getText(source)))
    .map((name) => name?.getEnd() ?? 0)
    .sort((a, b) => b - a)
    .reduce((text, end) => `${text.slice(0, end)}Renamed${text.slice(end)}`, declarations);
}

function roomFiles(): string[] {
  return ts.sys.readDirectory(ROOM, ['.ts'], ['**/*.spec.ts', '**/*.error.ts', '**/testing/**']);
}
