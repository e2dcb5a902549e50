import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flushChanges, FsTree } from 'nx/src/generators/tree';
import { queueTree, writeContract, writeProcessor } from '../../testing/queue-tree';
import knownSync from './known-sync.cjs';
import syncRegistries from './sync';

jest.mock('./sync', () => {
  const actual = jest.requireActual<typeof import('./sync')>('./sync');
  return { __esModule: true, default: jest.fn(actual.default) };
});

const PROCESSOR = 'services/jobs-runner/code/processors/email/email.processor.ts';

describe('nx sync before a build', () => {
  let root: string;
  const looks = jest.mocked(syncRegistries);

  const sync = () => {
    looks.mockClear();
    const tree = new FsTree(root, false);
    const result = knownSync(tree);
    flushChanges(root, tree.listChanges());
    return result;
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'known-sync-'));
    const tree = queueTree();
    writeContract(tree, 'email');
    writeProcessor(tree, 'email');
    flushChanges(root, tree.listChanges());
    expect(sync()?.outOfSyncMessage).toContain('must list every processor');
    expect(sync()).toBeUndefined();
    expect(looks).toHaveBeenCalled();
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it('looks at nothing again as long as all is as it was', () => {
    expect(sync()).toBeUndefined();
    expect(looks).not.toHaveBeenCalled();
    // Another time, the same content.
    utimesSync(join(root, PROCESSOR), new Date(), new Date());
    expect(sync()).toBeUndefined();
    expect(looks).not.toHaveBeenCalled();
  });

  it.each([
    [
      'a processor is gone',
      () => {
        rmSync(join(root, PROCESSOR));
        rmSync(join(root, 'packages/agreements/source/email.job.ts'));
      },
    ],
    [
      'the registry was edited',
      () => {
        writeFileSync(join(root, 'services/jobs-runner/code/processors.generated.ts'), '');
      },
    ],
    [
      'there is a job more',
      () => {
        const tree = new FsTree(root, false);
        writeContract(tree, 'sms');
        writeProcessor(tree, 'sms');
        flushChanges(root, tree.listChanges());
      },
    ],
  ])('finds out that %s', (_, change) => {
    change();
    expect(sync()?.outOfSyncMessage).toContain('processors.generated.ts must list');
    expect(sync()).toBeUndefined();
  });

  it('sees what a generator has not written yet', () => {
    const tree = new FsTree(root, false);
    writeContract(tree, 'sms');
    writeProcessor(tree, 'sms');
    expect(knownSync(tree)?.outOfSyncMessage).toContain('adds sms');
  });
});
