import type { Tree } from '@nx/devkit';
import { getProjects, updateJson } from '@nx/devkit';
import {
  contractText,
  processorText,
  queueTree,
  writeContract,
  writeProcessor,
} from '../testing/queue-tree';
import { checkRegistry, readQueueWorkspace, writeRegistries } from './index';
import type { CheckOptions, QueueWorkspace, RegistryProblem } from './index';

function workspaceOf(tree: Tree): QueueWorkspace {
  return readQueueWorkspace(tree, Object.fromEntries(getProjects(tree)));
}

/** The problems of a workspace whose registries are up to date. */
function problemsOf(tree: Tree, options?: CheckOptions): RegistryProblem[] {
  sync(tree);
  return checkRegistry(workspaceOf(tree), options);
}

function sync(tree: Tree): void {
  writeRegistries(workspaceOf(tree), (path, content) => {
    tree.write(path, content);
  });
}

/** A workspace in which nothing is wrong. */
function healthyTree(): Tree {
  const tree = queueTree();
  writeContract(tree, 'email');
  writeProcessor(tree, 'email');
  return tree;
}

describe('the check of contracts, processors and registries', () => {
  it('finds nothing wrong when each contract has its processor and each registry is in sync', () => {
    expect(problemsOf(healthyTree())).toEqual([]);
  });

  it('finds nothing wrong in a workspace without jobs', () => {
    expect(problemsOf(queueTree())).toEqual([]);
  });

  it('names the entry that a stale registry lacks, and the command that adds it', () => {
    const tree = healthyTree();

    expect(checkRegistry(workspaceOf(tree))).toEqual([
      {
        kind: 'registry-stale',
        file: 'services/jobs-runner/code/processors.generated.ts',
        worker: 'jobs-runner',
        message:
          'services/jobs-runner/code/processors.generated.ts does not list the processors that worker ' +
          '"jobs-runner" has. Run: npx nx sync\n  adds     email (./processors/email/email.processor)',
      },
    ]);
  });

  it('finds a registry with an entry too many', () => {
    const tree = healthyTree();
    writeContract(tree, 'sms');
    const file = writeProcessor(tree, 'sms');
    sync(tree);
    tree.delete(file);
    tree.delete('packages/agreements/source/sms.job.ts');

    const [problem, ...others] = checkRegistry(workspaceOf(tree));
    expect(others).toEqual([]);
    expect(problem?.message).toContain('removes  sms');
  });

  it('finds an isolated processor whose worker has no file for its sandboxes', () => {
    const tree = healthyTree();
    const isolated = (options: string) =>
      processorText('email').replace('(emailJob)', `(emailJob, ${options})`);
    const file = writeProcessor(tree, 'email', { text: isolated("{ isolation: 'thread' }") });

    expect(problemsOf(tree)).toEqual([
      {
        kind: 'sandbox-missing',
        file,
        worker: 'jobs-runner',
        message:
          `${file} is isolated, but worker "jobs-runner" has no services/jobs-runner/code/sandbox.ts, ` +
          'which their sandboxes run. Create it with runSandbox of @acme/runtime/consumer ' +
          '(npx nx g @tools/queue:processor <name> --isolation=process does), or remove `isolation`.',
      },
    ]);

    writeProcessor(tree, 'email', { text: isolated('{ isolation: settings.isolation }') });
    expect(problemsOf(tree)).toEqual([]);
    writeProcessor(tree, 'email', { text: isolated("{ isolation: 'thread' }") });
    tree.write('services/jobs-runner/code/sandbox.ts', '');
    expect(problemsOf(tree)).toEqual([]);
  });

  it('finds a contract without a processor, and says how to get one', () => {
    const tree = healthyTree();
    const file = writeContract(tree, 'sms');

    const [problem, ...others] = problemsOf(tree);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ kind: 'contract-without-processor', file });
    expect(problem?.message).toContain('npx nx g @tools/queue:processor sms');
  });

  it('accepts a contract without a processor that nx.json says is processed elsewhere', () => {
    const tree = healthyTree();
    writeContract(tree, 'sms');
    updateJson(tree, 'nx.json', (json: object) => ({
      ...json,
      sync: { generatorOptions: { '@tools/queue:sync': { externalJobs: ['sms'] } } },
    }));

    expect(problemsOf(tree)).toEqual([]);
  });

  it('finds a processor whose contract was deleted', () => {
    const tree = healthyTree();
    const file = writeProcessor(tree, 'sms');

    expect(problemsOf(tree)).toEqual([
      expect.objectContaining({ kind: 'processor-without-contract', file, worker: 'jobs-runner' }),
    ]);
  });

  it('finds a processor whose contract does not come from the contracts project', () => {
    const tree = healthyTree();
    writeProcessor(tree, 'sms', {
      text: processorText('sms').replace('@acme/agreements/sms', 'some-package'),
    });

    expect(problemsOf(tree)).toEqual([
      expect.objectContaining({ kind: 'processor-without-contract' }),
    ]);
  });

  it('finds two processors of one job, and names both files', () => {
    const tree = healthyTree();
    const second = writeProcessor(tree, 'email', { folder: 'other' });

    const [problem, ...others] = problemsOf(tree);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ kind: 'processor-duplicate', worker: 'jobs-runner' });
    expect(problem?.message).toContain('processors/email/email.processor.ts');
    expect(problem?.message).toContain(second);
  });

  it('finds two processors of one job in two workers', () => {
    const tree = queueTree({ workers: ['alpha', 'beta'] });
    writeContract(tree, 'email');
    writeProcessor(tree, 'email', { worker: 'alpha' });
    writeProcessor(tree, 'email', { worker: 'beta' });

    expect(problemsOf(tree)).toEqual([expect.objectContaining({ kind: 'processor-duplicate' })]);
  });

  it('finds two contracts with one name', () => {
    const tree = healthyTree();
    writeContract(tree, 'mail', contractText('email'));

    expect(problemsOf(tree).map(({ kind }) => kind)).toEqual([
      'contract-name',
      'contract-duplicate',
    ]);
  });

  it('finds a contract whose file is named after something else', () => {
    const tree = queueTree();
    writeContract(tree, 'email', contractText('email').replace("'email'", "'e-mail'"));
    writeProcessor(tree, 'email');

    const [problem, ...others] = problemsOf(tree);
    expect(others).toEqual([]);
    expect(problem?.message).toContain("Write name: 'email', or rename the file to e-mail.job.ts.");
  });

  it('finds a contract whose name is computed, because no tool can read it then', () => {
    const tree = healthyTree();
    writeContract(tree, 'sms', contractText('sms').replace("'sms'", 'NAME'));

    expect(problemsOf(tree)).toEqual([expect.objectContaining({ kind: 'contract-name' })]);
  });

  it.each([
    ['no contract', 'export const nothing = 1;\n', 'exports no job contract'],
    [
      'two contracts',
      `${contractText('sms')}export const second = defineJob({ name: 'second' });\n`,
      'exports 2 job contracts',
    ],
  ])('finds a *.job.ts with %s', (_, text, sentence) => {
    const tree = healthyTree();
    writeContract(tree, 'sms', text);

    expect(problemsOf(tree)[0]).toMatchObject({
      kind: 'contract-file',
      message: expect.stringContaining(sentence) as string,
    });
  });

  it.each([
    ['has no class', 'export const nothing = 1;\n', 'has no class decorated with @JobProcessor'],
    [
      'does not export its class',
      processorText('email').replace('export class', 'class'),
      'Write: export class SomeProcessor.',
    ],
    [
      'has two classes',
      `${processorText('email')}\n@JobProcessor(emailJob)\nexport class Second {}\n`,
      'has 2 classes decorated with @JobProcessor',
    ],
  ])('finds a *.processor.ts that %s', (_, text, sentence) => {
    const tree = healthyTree();
    writeProcessor(tree, 'email', { text });

    expect(problemsOf(tree)).toContainEqual(
      expect.objectContaining({
        kind: 'processor-class',
        message: expect.stringContaining(sentence) as string,
      }),
    );
  });

  it('leaves out what concerns another worker only', () => {
    const tree = queueTree({ workers: ['alpha', 'beta'] });
    writeContract(tree, 'email');
    writeProcessor(tree, 'email', { worker: 'alpha' });
    writeProcessor(tree, 'sms', { worker: 'beta' });

    expect(problemsOf(tree, { worker: 'alpha' })).toEqual([]);
    expect(problemsOf(tree, { worker: 'beta' })).toHaveLength(1);
  });
});
