import type { Tree } from '@nx/devkit';
import { readProjectConfiguration, updateProjectConfiguration } from '@nx/devkit';
import {
  contractText,
  processorText,
  queueTree,
  writeContract,
  writeProcessor,
} from '../../testing/queue-tree';
import { readContractFile } from '../../workspace/contracts';
import { readProcessorClasses } from '../../workspace/processors';
import syncRegistries from '../sync/sync';
import processorGenerator from './processor';
import type { ProcessorOptions } from './processor-options';

const CODE = 'services/jobs-runner/code';
const CONTRACT = 'packages/agreements/source/email.job.ts';
const PROCESSOR = `${CODE}/processors/email/email.processor.ts`;
const SPEC = `${CODE}/processors/email/email.processor.spec.ts`;
const SANDBOX = `${CODE}/sandbox.ts`;
const REGISTRY = `${CODE}/processors.generated.ts`;

/** Prettier cannot be loaded inside Jest; that the output is formatted is seen in the e2e tests. */
function generate(tree: Tree, options: Partial<ProcessorOptions> = {}) {
  return processorGenerator(tree, { name: 'email', skipFormat: true, ...options });
}

function textOf(tree: Tree, file: string): string {
  return tree.read(file, 'utf-8') ?? '';
}

/** The files that were written since `before`, and how. */
function changesSince(tree: Tree, before: readonly string[]): string[] {
  return tree
    .listChanges()
    .map(({ path }) => path)
    .filter((path) => !before.includes(path))
    .sort();
}

function pathsOf(tree: Tree): string[] {
  return tree.listChanges().map(({ path }) => path);
}

/** What the whole tree says, to see that nothing of it changed. */
function snapshotOf(tree: Tree): Record<string, string> {
  return Object.fromEntries(
    tree.listChanges().map(({ path, content }) => [path, content?.toString() ?? '']),
  );
}

describe('nx g @tools/queue:processor', () => {
  it('writes the contract, the processor, its test and the registry, and nothing else', async () => {
    const tree = queueTree();
    const before = pathsOf(tree);

    await generate(tree);

    expect(changesSince(tree, before)).toEqual([CONTRACT, REGISTRY, PROCESSOR, SPEC].sort());
  });

  it('leaves a workspace in which nothing is out of sync', async () => {
    const tree = queueTree();

    await generate(tree);

    expect(syncRegistries(tree)).toBeUndefined();
  });

  it('imports the contract and the runtime by the names that this workspace gives them', async () => {
    const tree = queueTree();

    await generate(tree, { name: 'sendEmail' });

    const file = `${CODE}/processors/send-email/send-email.processor.ts`;
    expect(readProcessorClasses(file, textOf(tree, file))).toEqual([
      {
        className: 'SendEmailProcessor',
        capacity: 1,
        isExported: true,
        isExpression: false,
        line: 11,
        argument: 'sendEmailJob',
        job: { specifier: '@acme/agreements/send-email', imported: 'sendEmailJob' },
        isolation: undefined,
      },
    ]);
    const contract = 'packages/agreements/source/send-email.job.ts';
    expect(readContractFile(contract, textOf(tree, contract), 'agreements').contracts).toEqual([
      expect.objectContaining({ constant: 'sendEmailJob', name: 'send-email', hasResult: true }),
    ]);
    expect(textOf(tree, contract)).toContain("from '@acme/runtime'");
    expect(textOf(tree, file)).toContain("from '@acme/runtime/consumer'");
    expect(textOf(tree, file.replace('.ts', '.spec.ts'))).toContain("from '@acme/runtime/testing'");
  });

  it('adds an export to the barrel where contracts are imported from one', async () => {
    const tree = queueTree({ contracts: 'barrel' });

    await generate(tree);
    await generate(tree, { name: 'sms' });

    expect(textOf(tree, 'packages/agreements/source/index.ts')).toBe(
      "export * from './email.job';\nexport * from './sms.job';\n",
    );
    expect(textOf(tree, PROCESSOR)).toContain("import { emailJob } from '@acme/agreements';");
    expect(syncRegistries(tree)).toBeUndefined();
  });

  it('writes the barrel in the style that it has, and beside the other contracts', async () => {
    const tree = queueTree({ contracts: 'barrel' });
    tree.write('packages/agreements/source/lib/sms.job.ts', contractText('sms'));
    tree.write('packages/agreements/source/index.ts', "export * from './lib/sms.job.js';\n");

    await generate(tree);

    expect(textOf(tree, 'packages/agreements/source/index.ts')).toBe(
      "export * from './lib/sms.job.js';\nexport * from './lib/email.job.js';\n",
    );
    expect(tree.exists('packages/agreements/source/lib/email.job.ts')).toBe(true);
  });

  it('passes --concurrency on to the worker, and says nothing about it otherwise', async () => {
    const tree = queueTree();

    await generate(tree, { concurrency: 8 });
    await generate(tree, { name: 'sms' });

    expect(textOf(tree, PROCESSOR)).toContain('@JobProcessor(emailJob, { concurrency: 8 })');
    expect(textOf(tree, PROCESSOR.replaceAll('email', 'sms'))).toContain('@JobProcessor(smsJob)\n');
  });

  it.each([0, -1, 1.5, NaN])('refuses --concurrency=%s', async (concurrency) => {
    await expect(generate(queueTree(), { concurrency })).rejects.toThrow('--concurrency is');
  });

  it.each(['process', 'thread'] as const)(
    'isolates the processor with --isolation=%s',
    async (kind) => {
      const tree = queueTree();

      await generate(tree, { isolation: kind, concurrency: 2 });

      expect(textOf(tree, PROCESSOR)).toContain(
        `@JobProcessor(emailJob, { concurrency: 2, isolation: '${kind}' })`,
      );
    },
  );

  it('writes a processor of batches with --batch, tested like any other', async () => {
    const tree = queueTree();

    await generate(tree, { batch: 100, concurrency: 2, service: false });

    const processor = textOf(tree, PROCESSOR);
    expect(processor).toContain(
      '@JobProcessor(emailJob, { concurrency: 2, batch: { size: 100 } })',
    );
    expect(processor).toContain('extends BatchHost<typeof emailJob>');
    expect(textOf(tree, SPEC)).toContain("jobs.add(emailJob, { id: '42' })");
  });

  it.each([
    [{ batch: 0 }, '--batch is 0, and must be a whole number from 1 to 10000'],
    [{ batch: 10_001 }, '--batch is 10001'],
    [{ batch: 2.5 }, '--batch is 2.5'],
    [{ batch: 5, isolation: 'thread' }, '--batch and --isolation=thread exclude each other'],
  ] as const)('refuses %j', async (options, sentence) => {
    await expect(generate(queueTree(), options)).rejects.toThrow(sentence);
  });

  it('says nothing of isolation with --isolation=none', async () => {
    const tree = queueTree();

    await generate(tree, { isolation: 'none' });

    expect(textOf(tree, PROCESSOR)).toContain('@JobProcessor(emailJob)\n');
    expect(tree.exists(SANDBOX)).toBe(false);
  });

  it('refuses another --isolation with what it can be, and writes nothing', async () => {
    const tree = queueTree();
    const before = snapshotOf(tree);

    await expect(generate(tree, { isolation: 'fork' as 'process' })).rejects.toThrow(
      '--isolation is "fork", and must be one of: process (its jobs run in child processes of the ' +
        'worker), thread (in its threads), none (in the worker itself, the default).',
    );
    expect(snapshotOf(tree)).toEqual(before);
  });

  it('adds an injectable service with --service, and injects it', async () => {
    const tree = queueTree();

    await generate(tree, { service: true });

    expect(textOf(tree, `${CODE}/processors/email/email.service.ts`)).toContain(
      'export class EmailService',
    );
    expect(textOf(tree, PROCESSOR)).toContain('{ providers: [EmailService] }');
    expect(textOf(tree, PROCESSOR)).toContain(
      'constructor(private readonly emailService: EmailService)',
    );
    expect(textOf(tree, SPEC)).toContain('forTesting({ processors: [EmailProcessor] })');
  });

  it('writes no test with --skipTests', async () => {
    const tree = queueTree();

    await generate(tree, { skipTests: true });

    expect(tree.exists(PROCESSOR)).toBe(true);
    expect(tree.exists(SPEC)).toBe(false);
  });
});

describe('the worker that gets the processor', () => {
  it('is the one that --worker names', async () => {
    const tree = queueTree({ workers: ['alpha', 'beta'] });

    await generate(tree, { worker: 'beta' });

    expect(tree.exists('services/beta/code/processors/email/email.processor.ts')).toBe(true);
    expect(textOf(tree, 'services/beta/code/processors.generated.ts')).toContain("'email'");
    expect(textOf(tree, 'services/alpha/code/processors.generated.ts')).not.toContain("'email'");
  });

  it('has to be named if there are several and nobody can be asked', async () => {
    await expect(generate(queueTree({ workers: ['alpha', 'beta'] }))).rejects.toThrow(
      'This workspace has several projects that could be the worker. Pass --worker with one of: alpha, beta.',
    );
  });

  it('has to be a worker', async () => {
    await expect(generate(queueTree(), { worker: 'runtime' })).rejects.toThrow(
      '"runtime" is not a worker. Pass --worker with one of: jobs-runner.',
    );
  });

  it('has to exist', async () => {
    await expect(generate(queueTree({ workers: [] }))).rejects.toThrow(
      /This workspace has no worker\. Nothing was written\. Add one: npx nx g @tools\/queue:init\..*add "queue:worker" to "tags"/,
    );
  });
});

describe('a worker that has nothing for the children of isolated processors', () => {
  const said = async (tree: Tree): Promise<string> => {
    const log = jest.spyOn(console, 'log').mockImplementation();
    const callback = await generate(tree, { isolation: 'process' });
    await callback();
    return log.mock.calls.join('\n');
  };

  it('gets it, and is told the line that is left', async () => {
    const tree = queueTree();

    const steps = await said(tree);

    expect(textOf(tree, SANDBOX)).toContain("import { runSandbox } from '@acme/runtime/consumer';");
    expect(steps).toContain(`The sandboxes of isolated processors run ${SANDBOX}, which is new.`);
    expect(steps).toContain("sandbox: new URL('./sandbox.js', import.meta.url)");
    expect(syncRegistries(tree)).toBeUndefined();
  });

  it('keeps what it has', async () => {
    const tree = queueTree();
    tree.write(SANDBOX, 'mine');
    tree.write(`${CODE}/main.ts`, "const sandbox = new URL('./sandbox.js', import.meta.url);");

    const steps = await said(tree);

    expect(textOf(tree, SANDBOX)).toBe('mine');
    expect(steps).not.toMatch(/sandbox/i);
  });
});

describe('the project that gets the contract', () => {
  it('has to be importable by name', async () => {
    const tree = queueTree({ contracts: 'barrel' });
    tree.delete('packages/agreements/source/index.ts');

    await expect(generate(tree)).rejects.toThrow(
      'The contracts of "agreements" cannot be imported by name.',
    );
  });

  it('has to exist', async () => {
    const tree = queueTree();
    const project = readProjectConfiguration(tree, 'agreements');
    updateProjectConfiguration(tree, 'agreements', { ...project, tags: [] });

    await expect(generate(tree)).rejects.toThrow('add "queue:jobs" to "tags"');
  });
});

describe('a name that is taken', () => {
  it('is refused, with the files that it belongs to, and nothing is written', async () => {
    const tree = queueTree();
    await generate(tree);
    const before = snapshotOf(tree);

    await expect(generate(tree, { concurrency: 3 })).rejects.toThrow(
      `Job "email" already exists. Nothing was written. Choose another name, or pass --force to ` +
        `overwrite exactly these files:\n  ${CONTRACT}\n  ${PROCESSOR}\n  ${SPEC}`,
    );
    expect(snapshotOf(tree)).toEqual(before);
  });

  it('is overwritten with --force: its own files, and no other', async () => {
    const tree = queueTree();
    await generate(tree);
    const fresh = snapshotOf(tree);
    await generate(tree, { name: 'sms' });
    const mine = { [PROCESSOR.replace('email.processor', 'template')]: 'mine' };
    for (const file of [CONTRACT, PROCESSOR, SPEC]) tree.write(file, 'edited');
    for (const [file, text] of Object.entries(mine)) tree.write(file, text);
    const before = snapshotOf(tree);

    await generate(tree, { force: true });

    expect(snapshotOf(tree)).toEqual({
      ...before,
      [CONTRACT]: fresh[CONTRACT],
      [PROCESSOR]: fresh[PROCESSOR],
      [SPEC]: fresh[SPEC],
    });
  });

  it.each(['e-mail', 'eMail', 'E_Mail'])(
    'is also taken for "%s", which reads the same',
    async (name) => {
      const tree = queueTree();
      await generate(tree);

      await expect(generate(tree, { name, force: true })).rejects.toThrow(
        '"e-mail" is too similar to the job "email"',
      );
    },
  );

  it('is taken even with --force by a processor in another place', async () => {
    const tree = queueTree({ workers: ['alpha', 'beta'] });
    await generate(tree, { worker: 'alpha' });

    await expect(generate(tree, { worker: 'beta', force: true })).rejects.toThrow(
      'Job "email" already has a processor, services/alpha/code/processors/email/email.processor.ts',
    );
  });

  it('is not taken over from a file that is no processor yet', async () => {
    const tree = queueTree();
    tree.write(SPEC, 'mine');

    await expect(generate(tree)).rejects.toThrow(`or pass --force:\n  ${SPEC}`);
    expect(textOf(tree, SPEC)).toBe('mine');
  });
});

describe('a contract that has no processor yet', () => {
  it('is used as it is', async () => {
    const tree = queueTree();
    writeContract(tree, 'email');
    const contract = textOf(tree, CONTRACT);

    await generate(tree);

    expect(textOf(tree, CONTRACT)).toBe(contract);
    expect(textOf(tree, PROCESSOR)).toContain('@JobProcessor(emailJob)');
    expect(syncRegistries(tree)).toBeUndefined();
  });

  it('keeps the test that was left of the last processor', async () => {
    const tree = queueTree();
    await generate(tree);
    tree.delete(PROCESSOR);
    tree.write(SPEC, 'mine');

    await generate(tree);

    expect(textOf(tree, SPEC)).toBe('mine');
    expect(tree.exists(PROCESSOR)).toBe(true);
  });

  it('gets a processor that compiles although its result is not known', async () => {
    const tree = queueTree();
    writeContract(tree, 'email', contractText('email').replace(' })', ', result: z.string() })'));

    await generate(tree);

    expect(textOf(tree, PROCESSOR)).toContain('throw new Error(');
    expect(textOf(tree, SPEC)).toContain('it.todo(');
  });
});

describe('what is wrong elsewhere in the workspace', () => {
  it('does not stop the generator', async () => {
    const tree = queueTree();
    writeContract(tree, 'sms');
    writeProcessor(tree, 'gone', { text: processorText('gone') });

    await generate(tree);

    expect(textOf(tree, REGISTRY)).toContain("'email'");
  });

  it('names a command for its test only where the worker has a test runner', async () => {
    const printed = async (settings: string | undefined) => {
      const tree = queueTree();
      if (settings !== undefined) tree.write(`services/jobs-runner/${settings}`, '');
      const log = jest.spyOn(console, 'log').mockImplementation();
      await (
        await generate(tree, { name: 'sms' })
      )();
      const text = log.mock.calls.join('\n');
      log.mockRestore();
      return text;
    };
    const command = 'npx nx test jobs-runner --testPathPatterns=processors/sms/';

    expect(await printed('jest.config.cjs')).toContain(command);
    const without = await printed(undefined);
    expect(without).not.toContain(command);
    expect(without).toContain('services/jobs-runner/code/processors/sms/sms.processor.spec.ts');
  });

  it('is said after the next steps', async () => {
    const tree = queueTree();
    writeContract(tree, 'sms');
    const log = jest.spyOn(console, 'log').mockImplementation();
    const warn = jest.spyOn(console, 'warn').mockImplementation();

    const callback = await generate(tree, { name: 'sendEmail' });
    await callback();

    expect(log.mock.calls.join('\n')).toContain('"sendEmail" is named "send-email"');
    expect(log.mock.calls.join('\n')).toContain(
      `npx queue enqueue --job=send-email --data='{"id":"1"}' --wait`,
    );
    expect(warn.mock.calls.join('\n')).toContain('Job "sms" has a contract');
  });
});
