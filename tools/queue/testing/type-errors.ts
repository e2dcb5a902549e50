import { dirname, join } from 'node:path';
import ts from 'typescript';
import { WORKSPACE_ROOT } from '@libs/testing';

/** Files that are read for each program are parsed once in a test file. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/**
 * Compiles files that are in memory only, by the settings of this workspace and with its import paths.
 *
 * @param files absolute paths, and what is in them
 * @param own settings that differ
 * @returns the errors of the compiler in these files, each with its file
 */
export function typeErrors(
  files: ReadonlyMap<string, string>,
  own: ts.CompilerOptions = {},
): string[] {
  const configFile = join(WORKSPACE_ROOT, 'libs/queue/tsconfig.json');
  const { config } = ts.readConfigFile(configFile, (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const parsedConfig = ts.parseJsonConfigFileContent(config, ts.sys, dirname(configFile));
  const options = { ...parsedConfig.options, ...own };
  const host = ts.createCompilerHost(options);
  const fileExists = host.fileExists.bind(host);
  const readFile = host.readFile.bind(host);
  const getSourceFile = host.getSourceFile.bind(host);
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path) ?? readFile(path);
  host.directoryExists = () => true;
  host.getSourceFile = (path, ...rest) => {
    if (files.has(path)) return getSourceFile(path, ...rest);
    if (!parsed.has(path)) parsed.set(path, getSourceFile(path, ...rest));
    return parsed.get(path);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].flatMap((path) => {
    const source = program.getSourceFile(path);
    return [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ].map(({ messageText }) => `${path}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  });
}
