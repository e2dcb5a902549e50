import { join, posix } from 'node:path';
import { WORKSPACE_ROOT } from '@libs/testing';
import { oldQueuesTree } from '../../testing/old-queues';
import { textsOf } from '../../testing/queue-tree';
import { typeErrors } from '../../testing/type-errors';
import convertGenerator from './convert';

/** Where the files are, as if a person had this application here. */
const FOLDER = join(WORKSPACE_ROOT, 'libs/queue/converted');

/** The application and what was written for its queues, with the import paths of this workspace. */
async function converted(): Promise<Map<string, string>> {
  const tree = oldQueuesTree();
  jest.spyOn(console, 'log').mockReturnValue();
  for (const queue of ['mails', 'orders', 'THUMBNAILS']) {
    await convertGenerator(tree, { queue, skipFormat: true });
  }
  const files = Object.entries(textsOf(tree)).filter(
    ([path]) => path.endsWith('.ts') && !path.startsWith('packages/runtime/'),
  );
  return new Map(
    files.map(([path, text]) => {
      const contracts = posix.relative(posix.dirname(path), 'packages/agreements/source');
      const imports = text
        .replaceAll('@acme/runtime', '@libs/queue')
        .replaceAll(/@acme\/agreements\/([^']+)/g, `${contracts}/$1.job`);
      return [join(FOLDER, path), imports];
    }),
  );
}

it('writes contracts and processors that compile, in strict mode and without', async () => {
  const files = await converted();
  expect(
    [...files.keys()].filter((path) =>
      /(?:source|processors)\/.*\.(?:job|processor)\.ts$/.test(path),
    ),
  ).toHaveLength(6);
  expect(typeErrors(files)).toEqual([]);
  expect(typeErrors(files, { strict: false })).toEqual([]);
});
