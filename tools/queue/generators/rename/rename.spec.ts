import type { Tree } from '@nx/devkit';
import type { QueueCounts } from '../../command/queue-counts';
import { QueueStoreSilentError } from '../../command/store-command';
import { CONSUMER, grownTree } from '../../testing/grown-tree';
import { Person } from '../../testing/person';
import { queueTree, textsOf } from '../../testing/queue-tree';
import jobGenerator from '../job/job';
import processorGenerator from '../processor/processor';
import syncRegistries from '../sync/sync';
import renameGenerator from './rename';
import type { RenameOptions } from './rename-options';

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

function rename(tree: Tree, options: Partial<RenameOptions> = {}, check = holding({})) {
  const names = { name: 'email', newName: 'mail' };
  return renameGenerator(tree, { ...names, skipFormat: true, ...options }, check);
}

function textOf(tree: Tree, file: string): string {
  return tree.read(file, 'utf-8') ?? '';
}

describe('nx g @tools/queue:rename', () => {
  it.each(['wildcard', 'barrel'] as const)(
    'renames the contract, the processor and whatever uses them (contracts by %s)',
    async (contracts) => {
      const tree = grownTree({ contracts });

      await rename(tree);

      const folder = 'services/alpha/code/processors/mail';
      expect(textOf(tree, 'packages/agreements/source/mail.job.ts')).toContain(
        "export const mailJob = defineJob({ name: 'mail'",
      );
      expect(textOf(tree, `${folder}/mail.processor.ts`)).toMatch(
        /@JobProcessor\(mailJob\)\nexport class MailProcessor extends JobHost<typeof mailJob>/,
      );
      expect(textOf(tree, `${folder}/mail.processor.spec.ts`)).toBe(
        "import { MailProcessor } from './mail.processor';\n\ndescribe(MailProcessor.name, () => {});\n",
      );
      expect(textOf(tree, CONSUMER)).toBe(
        `import { mailJob } from '${contracts === 'barrel' ? '@acme/agreements' : '@acme/agreements/mail'}';

export const jobs = { emailJob: mailJob };
export const named = mailJob.name;
export function send(emailJobs: { add(job: typeof mailJob): void }): void {
  emailJobs.add(mailJob);
}
`,
      );
      expect(textOf(tree, '.env')).toContain('ALPHA_PROCESSORS=mail,sms\n');
      expect(Object.keys(textsOf(tree)).filter((file) => file.includes('email'))).toEqual([]);
      expect(syncRegistries(tree)).toBeUndefined();
    },
  );

  it.each(['wildcard', 'barrel'] as const)(
    'is undone by renaming it back (contracts by %s)',
    async (contracts) => {
      const tree = queueTree({ contracts });
      await processorGenerator(tree, { name: 'email', skipFormat: true });
      const before = textsOf(tree);

      await rename(tree, { newName: 'SendMail' });
      expect(Object.values(textsOf(tree)).join()).not.toMatch(/[eE]mail/);
      await rename(tree, { name: 'send-mail', newName: 'email' });

      expect(textsOf(tree)).toEqual(before);
    },
  );

  it('follows names through aliases and namespaces, and leaves other things of that name alone', async () => {
    const tree = grownTree();
    const file = 'services/api/code/more.ts';
    tree.write(
      file,
      `import { emailJob as job } from '@acme/agreements/email';
import * as all from '@acme/agreements/email';

export const both = [job, all.emailJob];
export const own = (emailJob: number) => emailJob + 1;
export const lazy = () => import('@acme/agreements/email');
`,
    );

    await rename(tree);

    expect(textOf(tree, file)).toBe(
      `import { mailJob as job } from '@acme/agreements/mail';
import * as all from '@acme/agreements/mail';

export const both = [job, all.mailJob];
export const own = (emailJob: number) => emailJob + 1;
export const lazy = () => import('@acme/agreements/mail');
`,
    );
  });

  it('is refused while the queue has jobs, with counts and what to do; --force says what stays behind', async () => {
    const tree = grownTree();
    const before = textsOf(tree);

    const refused = rename(tree, {}, holding({ waiting: 2, delayed: 1 }));

    await expect(refused).rejects.toThrow('Job "email" cannot be renamed to "mail".');
    await expect(refused).rejects.toThrow('2 waiting, 1 delayed. Let the worker finish them, or:');
    await expect(refused).rejects.toThrow('npx queue drain --job=email --delayed --force');
    expect(textsOf(tree)).toEqual(before);

    const log = jest.spyOn(console, 'log').mockImplementation();
    const done = await rename(tree, { force: true }, holding({ waiting: 2 }));
    await done();
    expect(log.mock.calls.join()).toMatch(/Because of --force:\n.* 2 waiting/);
    expect(tree.exists('packages/agreements/source/mail.job.ts')).toBe(true);
  });

  describe('of a job whose queue has jobs', () => {
    const exitCode = process.exitCode;
    afterEach(() => {
      process.exitCode = exitCode;
    });
    const COMPLETE = { text: '3 jobs of the queue "email" were moved', isComplete: true };

    it('offers to move them, and does so when the files are renamed', async () => {
      const tree = grownTree();
      const person = new Person();
      const log = jest.spyOn(console, 'log').mockImplementation();
      const move = jest.fn(() => Promise.resolve(COMPLETE));
      const options = { name: 'email', newName: 'mail', skipFormat: true };

      const renamed = renameGenerator(
        tree,
        options,
        holding({ waiting: 2, failed: 1 }),
        person,
        move,
      );
      const question = 'Move the jobs of "email" to the queue "mail"? There are 2 waiting, 1 dead';
      await Promise.race([renamed, person.answer(question, 'y')]);
      const done = await renamed;
      expect(tree.exists('packages/agreements/source/mail.job.ts')).toBe(true);
      expect(move).not.toHaveBeenCalled();
      await done();

      expect(move.mock.calls).toEqual([[tree.root, expect.anything(), 'email', 'mail']]);
      expect(log.mock.calls.join()).toContain(COMPLETE.text);
      expect(log.mock.calls.join()).toContain('npx queue move --from=email --to=mail');
    });

    it('is refused after a no, and names the option', async () => {
      const tree = grownTree();
      const before = textsOf(tree);
      const person = new Person();
      const options = { name: 'email', newName: 'mail', skipFormat: true };

      const renamed = renameGenerator(tree, options, holding({ delayed: 1 }), person);
      const refused = expect(renamed).rejects.toThrow(
        'npx nx g @tools/queue:rename email mail --moveJobs  moves them to the queue "mail"',
      );
      await person.answer('Move the jobs of "email" to the queue "mail"?', 'n');

      await refused;
      expect(textsOf(tree)).toEqual(before);
    });

    it('takes --moveJobs for a yes, but moves nothing while one of them runs', async () => {
      const tree = grownTree();

      await expect(
        rename(tree, { moveJobs: true }, holding({ waiting: 1, running: 1 })),
      ).rejects.toThrow('1 waiting, 1 running. Let the worker finish them');
      await rename(tree, { moveJobs: true }, holding({ waiting: 1 }));

      expect(tree.exists('packages/agreements/source/mail.job.ts')).toBe(true);
    });

    it('says how to move the rest if the store stops answering', async () => {
      const tree = grownTree();
      const log = jest.spyOn(console, 'log').mockImplementation();
      const options = { name: 'email', newName: 'mail', moveJobs: true, skipFormat: true };
      const silent = () => Promise.reject(new QueueStoreSilentError('mail', 'ECONNREFUSED'));

      const done = await renameGenerator(tree, options, holding({ waiting: 1 }), undefined, silent);
      await done();

      expect(log.mock.calls.join()).toContain('ECONNREFUSED');
      expect(log.mock.calls.join()).toContain('not all jobs are moved');
      expect(process.exitCode).toBe(1);
    });
  });

  it('is refused where another workspace processes the queue of the old name', async () => {
    const tree = queueTree();
    await jobGenerator(tree, { name: 'email', skipFormat: true });
    const before = textsOf(tree);

    await expect(rename(tree)).rejects.toThrow('Another workspace processes it');
    await rename(tree, { force: true });
    expect(syncRegistries(tree)?.outOfSyncDetails ?? []).toEqual([]);
    await rename(tree, { name: 'mail', newName: 'email', force: true });
    expect(textsOf(tree)).toEqual(before);
  });

  it('is refused where a file has the new name for something else', async () => {
    const tree = grownTree();
    tree.write(CONSUMER, `${textOf(tree, CONSUMER)}export const mailJob = 1;\n`);

    await expect(rename(tree)).rejects.toThrow(`${CONSUMER}  mailJob`);
  });

  it.each([
    [{ name: 'emial' }, 'There is no job "emial". Did you mean "email"?'],
    [{ newName: 'sms' }, '"email" cannot become "sms": there is such a job'],
    [{ newName: 's-ms' }, 'too similar to the job "sms"'],
    [{ newName: 'email' }, 'The job is named "email" already.'],
    [{ newName: 'Mail!' }, '"Mail!" cannot be the name of a job: it contains "!"'],
    [{ newName: undefined }, 'Write: npx nx g @tools/queue:rename email mail'],
  ])('refuses %j in a sentence, and writes nothing', async (options, sentence) => {
    const tree = grownTree();
    const before = textsOf(tree);

    await expect(rename(tree, options)).rejects.toThrow(sentence);
    expect(textsOf(tree)).toEqual(before);
  });

  it('asks for both names, and again for one that is taken', async () => {
    const tree = grownTree();
    const person = new Person();

    const renamed = renameGenerator(tree, { skipFormat: true }, holding({}), person);
    await person.answer('Which job gets another name?', '\r');
    await person.answer('New name of the job "email"?', 's-ms\r');
    await person.answer('too similar to the job "sms"', '\u007f'.repeat(4) + 'mail\r');
    await renamed;

    expect(tree.exists('packages/agreements/source/mail.job.ts')).toBe(true);
  });

  it('may change hyphens alone', async () => {
    const tree = grownTree();

    await rename(tree, { newName: 'e-mail' });

    expect(textOf(tree, 'packages/agreements/source/e-mail.job.ts')).toContain('eMailJob');
  });
});
