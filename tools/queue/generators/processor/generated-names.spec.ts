import { join, posix } from 'node:path';
import { WORKSPACE_ROOT } from '@libs/testing';
import { queueTree } from '../../testing/queue-tree';
import { typeErrors } from '../../testing/type-errors';
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

it('writes files that compile, whatever name of a job it takes', async () => {
  const files = new Map<string, string>();
  for (const [index, name] of NAMES.entries()) {
    for (const [path, text] of await generated(name, folderOf(index))) files.set(path, text);
  }
  expect(files.size).toBe(NAMES.length * 5);
  expect(typeErrors(files)).toEqual([]);
});
