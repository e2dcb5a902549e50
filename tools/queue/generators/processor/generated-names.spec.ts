import { dirname, join, posix } from 'node:path';
import ts from 'typescript';
import { WORKSPACE_ROOT } from '@libs/testing';
import { queueTree } from '../../testing/queue-tree';
import processorGenerator from './processor';

/** Names that the language, a class of the runtime, or the generated files themselves have another use for. */
const NAMES = [
  ...['a', 'order-2', 'x'.repeat(60), 'sendSMS2Go'],
  ...['arguments', 'eval', 'of', 'async', 'type', 'any', 'never'],
  ...['toString', 'hasOwnProperty', 'valueOf', 'isPrototypeOf'],
  ...['worker', 'process', 'handle', 'contract', 'running-jobs', 'timeout-grace', 'run-attempt'],
  ...['data', 'log', 'service', 'processor', 'job-host', 'job-context', 'run-handler', 'z'],
  ...['promise', 'error', 'string', 'module', 'require', 'exports', 'describe', 'expect'],
];

/** Where the files of a job are, as if a person had generated them. */
const folderOf = (index: number) => join(WORKSPACE_ROOT, 'libs/queue/generated', String(index));

/** The files for one job, with the import paths of this workspace. */
async function generated(name: string, folder: string): Promise<Map<string, string>> {
  const tree = queueTree();
  const before = tree.listChanges().map(({ path }) => path);
  await processorGenerator(tree, { name, service: true, skipFormat: true });
  const files = tree
    .listChanges()
    .filter(({ path }) => path.endsWith('.ts') && !before.includes(path))
    .map(({ path, content }): [string, string] => [path, content?.toString() ?? '']);
  const contract = files.find(([path]) => path.endsWith('.job.ts'))?.[0] ?? '';
  return new Map(
    files.map(([path, text]) => {
      const toContract = posix.relative(posix.dirname(path), contract).replace(/\.ts$/, '');
      const imports = text
        .replaceAll('@acme/runtime', '@libs/queue')
        .replaceAll(/@acme\/agreements\/[^']+/g, toContract);
      return [join(folder, path), imports];
    }),
  );
}

/** Compiles files that are in memory only. @returns the compiler's errors, each with its file */
function errorsOf(files: ReadonlyMap<string, string>): string[] {
  const configFile = join(WORKSPACE_ROOT, 'libs/queue/tsconfig.json');
  const { config } = ts.readConfigFile(configFile, (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, dirname(configFile));
  const host = ts.createCompilerHost(options);
  const fileExists = host.fileExists.bind(host);
  const readFile = host.readFile.bind(host);
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path) ?? readFile(path);
  host.directoryExists = () => true;
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].flatMap((path) => {
    const source = program.getSourceFile(path);
    return [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ].map(({ messageText }) => `${path}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  });
}

it('writes files that compile, whatever name of a job it takes', async () => {
  const files = new Map<string, string>();
  for (const [index, name] of NAMES.entries()) {
    for (const [path, text] of await generated(name, folderOf(index))) files.set(path, text);
  }
  expect(files.size).toBe(NAMES.length * 5);
  expect(errorsOf(files)).toEqual([]);
});
