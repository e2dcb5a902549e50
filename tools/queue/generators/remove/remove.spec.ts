import type { Tree } from '@nx/devkit';
import type { QueueCounts } from '../../command/queue-counts';
import { QueueStoreSilentError } from '../../command/store-command';
import { CONSUMER, grownTree } from '../../testing/grown-tree';
import { Person } from '../../testing/person';
import { queueTree, textsOf, writeContract } from '../../testing/queue-tree';
import processorGenerator from '../processor/processor';
import syncRegistries from '../sync/sync';
import removeGenerator from './remove';
import type { RemoveOptions } from './remove-options';

const NONE: QueueCounts = {
  store: 'PostgreSQL localhost/app',
  waiting: 0,
  due: 0,
  delayed: 0,
  running: 0,
  failed: 0,
  waitingForChildren: 0,
};

/** A store in memory is enough: that the real one is asked is seen in queue-counts.spec.ts. */
const holding = (counts: Partial<QueueCounts>) => () => Promise.resolve({ ...NONE, ...counts });

function remove(tree: Tree, options: Partial<RemoveOptions> = {}, check = holding({})) {
  return removeGenerator(tree, { name: 'sms', skipFormat: true, ...options }, check);
}

describe('nx g @tools/queue:remove', () => {
  it.each(['wildcard', 'barrel'] as const)(
    'deletes all that the generator has written (contracts by %s)',
    async (contracts) => {
      const tree = queueTree({ contracts });
      syncRegistries(tree);
      const before = textsOf(tree);

      await processorGenerator(tree, { name: 'sms', skipFormat: true });
      await remove(tree);

      expect(textsOf(tree)).toEqual(before);
    },
  );

  it('leaves it out of the files that select processors, and of the barrel', async () => {
    const tree = grownTree({ contracts: 'barrel' });

    await remove(tree);

    expect(tree.read('.env', 'utf-8')).toContain('ALPHA_PROCESSORS=email\n');
    expect(tree.read('packages/agreements/source/index.ts', 'utf-8')).toBe(
      "export * from './email.job';\n",
    );
    expect(syncRegistries(tree)).toBeUndefined();
  });

  it('removes a contract whose processor runs elsewhere', async () => {
    const tree = queueTree();
    writeContract(tree, 'sms');

    await remove(tree);

    expect(tree.exists('packages/agreements/source/sms.job.ts')).toBe(false);
  });

  it.each(['wildcard', 'barrel'] as const)(
    'is refused with the lines that use it (contracts by %s), and deletes nothing; with --force it deletes what is its own',
    async (contracts) => {
      const tree = grownTree({ contracts });
      const before = textsOf(tree);

      const refused = remove(tree, { name: 'email' });

      await expect(refused).rejects.toThrow('Job "email" cannot be removed. Nothing was written.');
      await expect(refused).rejects.toThrow(`${CONSUMER}:1`);
      await expect(refused).rejects.toThrow('Pass --force to remove it anyway');
      expect(textsOf(tree)).toEqual(before);

      await remove(tree, { name: 'email', force: true });
      expect(tree.exists('packages/agreements/source/email.job.ts')).toBe(false);
      expect(tree.exists('services/alpha/code/processors/email')).toBe(false);
      expect(tree.read(CONSUMER, 'utf-8')).toBe(before[CONSUMER]);
    },
  );

  it('is refused while jobs of it are in the store, with their counts and what to do', async () => {
    const tree = grownTree();
    const before = textsOf(tree);

    const refused = remove(tree, {}, holding({ waiting: 3, delayed: 1, running: 2, failed: 4 }));

    await expect(refused).rejects.toThrow(
      'Its queue "sms" has jobs (PostgreSQL localhost/app): 3 waiting, 1 delayed, 2 running, 4 dead.',
    );
    await expect(refused).rejects.toThrow('npx queue drain --job=sms --delayed --force');
    await expect(refused).rejects.toThrow('npx queue dead --job=sms --redrive --all');
    expect(textsOf(tree)).toEqual(before);
  });

  it('says with --force what is lost', async () => {
    const tree = grownTree();
    const log = jest.spyOn(console, 'log').mockImplementation();

    const done = await remove(tree, { force: true }, holding({ waiting: 3 }));
    await done();

    expect(tree.exists('packages/agreements/source/sms.job.ts')).toBe(false);
    expect(log.mock.calls.join()).toMatch(/Because of --force:\n.* 3 waiting/);
  });

  it('is refused if the store cannot be asked, with its reason', async () => {
    const silent = () =>
      Promise.reject(new QueueStoreSilentError('sms', 'connect ECONNREFUSED 127.0.0.1:5432'));

    await expect(remove(grownTree(), {}, silent)).rejects.toThrow(
      'The queue store cannot be asked for jobs of "sms": connect ECONNREFUSED 127.0.0.1:5432',
    );
  });

  it('names the lines that have its name as a string, which may mean it', async () => {
    const tree = grownTree();
    tree.write('services/api/code/watch.ts', "export const queue = getQueueToken('sms');\n");
    const log = jest.spyOn(console, 'log').mockImplementation();

    const done = await remove(tree);
    await done();

    expect(log.mock.calls.join()).toContain('services/api/code/watch.ts:1');
  });

  it('is refused where a process runs only this job, as an empty list would mean all', async () => {
    const tree = grownTree();
    tree.write('deploy/sms.yaml', 'environment: { ALPHA_PROCESSORS: sms }\n');

    await expect(remove(tree)).rejects.toThrow('deploy/sms.yaml:1  ALPHA_PROCESSORS=sms');
  });

  it('asks which job goes, and deletes nothing if that is cancelled', async () => {
    const tree = grownTree();
    const before = textsOf(tree);
    const [one, other] = [new Person(), new Person()];
    const ask = (person: Person) =>
      removeGenerator(tree, { skipFormat: true }, holding({}), person);

    const refused = expect(ask(one)).rejects.toThrow('Cancelled. Nothing was written.');
    await one.answer('Which job goes?', '\u0003');
    await refused;
    expect(textsOf(tree)).toEqual(before);

    const removed = ask(other);
    await other.answer('Which job goes?', '\u001b[B\r');
    await removed;
    expect(tree.exists('packages/agreements/source/sms.job.ts')).toBe(false);
  });

  it.each([
    [{ name: 'smss' }, 'There is no job "smss". Did you mean "sms"?'],
    [{ name: undefined }, 'Write: npx nx g @tools/queue:remove thumbnail'],
  ])('refuses %j in a sentence', async (options, sentence) => {
    await expect(remove(grownTree(), options)).rejects.toThrow(sentence);
  });
});
