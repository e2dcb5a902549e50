import { getProjects } from '@nx/devkit';
import { processorText, queueTree, writeContract, writeProcessor } from '../testing/queue-tree';
import { listProcessors, readQueueWorkspace } from './index';
import { readProcessorClasses } from './processors';
import type { QueueTreeOptions } from '../testing/queue-tree';

/** The job that a processor with this source is found to process. */
function jobOf(text: string, options?: QueueTreeOptions): string | undefined {
  const tree = queueTree(options);
  writeContract(tree, 'email');
  if (options?.contracts === 'barrel') {
    tree.write('packages/agreements/source/index.ts', "export * from './email.job';\n");
  }
  writeProcessor(tree, 'email', { text });
  const workspace = readQueueWorkspace(tree, Object.fromEntries(getProjects(tree)));
  const [worker] = workspace.workers;
  if (!worker) throw new Error('The tree has no worker.');
  return listProcessors(workspace, worker)[0]?.contract?.name;
}

describe('the job of a processor is read from its source', () => {
  const text = processorText('email');

  it.each([
    ['by the name of the contract', text],
    ['with options', text.replace('(emailJob)', '(emailJob, { concurrency: 5 })')],
    [
      'with the contract under another name',
      text.replace('{ emailJob }', '{ emailJob as job }').replaceAll('emailJob)', 'job)'),
    ],
    [
      'with the decorator under another name',
      text.replace('JobProcessor }', 'JobProcessor as P }').replace('@JobProcessor', '@P'),
    ],
    [
      'through a namespace',
      text
        .replace("import { emailJob } from '@acme", "import * as jobs from '@acme")
        .replace('(emailJob)', '(jobs.emailJob)'),
    ],
    [
      'by a relative path',
      text.replace('@acme/agreements/email', '../../../../../packages/agreements/source/email.job'),
    ],
    ['beside other decorators', text.replace('@JobProcessor', '@Injectable()\n@JobProcessor')],
    ['after a comment that mentions another', `// @JobProcessor(smsJob)\n${text}`],
  ])('%s', (_, source) => {
    expect(jobOf(source)).toBe('email');
  });

  it('through a barrel', () => {
    const source = text.replace('@acme/agreements/email', '@acme/agreements');

    expect(jobOf(source, { contracts: 'barrel' })).toBe('email');
  });

  it.each([
    ['a contract that is defined on the spot', text.replace('(emailJob)', '(defineJob({}))')],
    ['a decorator of another kind', text.replace('@JobProcessor', '@Processor')],
    ['source that does not parse', 'export class {{{'],
  ])('but not from %s', (_, source) => {
    expect(jobOf(source)).toBeUndefined();
  });
});

describe('the isolation of a processor is read from its source', () => {
  it.each([
    ["{ isolation: 'process' }", 'process'],
    ["{ concurrency: 2, 'isolation': 'thread' }", 'thread'],
    ["{ isolation: { kind: 'process', memoryLimit: 512 } }", 'process'],
    ['{ isolation: settings.isolation }', 'computed'],
    ['{ isolation }', 'computed'],
    ['{ isolation: { ...common, memoryLimit: 512 } }', 'computed'],
    ['{ isolation: undefined }', undefined],
    ["{ name: 'process' }", undefined],
  ])('%s', (options, isolation) => {
    const text = processorText('email').replace('(emailJob)', `(emailJob, ${options})`);

    expect(readProcessorClasses('email.processor.ts', text)[0]?.isolation).toBe(isolation);
  });
});
