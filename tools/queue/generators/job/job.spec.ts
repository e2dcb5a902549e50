import type { Tree } from '@nx/devkit';
import { queueTree, textsOf, writeContract } from '../../testing/queue-tree';
import { externalJobs } from '../../workspace/index';
import processorGenerator from '../processor/processor';
import removeGenerator from '../remove/remove';
import syncRegistries from '../sync/sync';
import jobGenerator from './job';

const CONTRACT = 'packages/agreements/source/invoice.job.ts';

function generate(tree: Tree, name = 'invoice') {
  return jobGenerator(tree, { name, skipFormat: true });
}

describe('nx g @tools/queue:job', () => {
  it('writes a contract, and nx sync asks for no processor', async () => {
    const tree = queueTree();
    syncRegistries(tree);
    const before = textsOf(tree);

    await generate(tree);

    const { [CONTRACT]: contract, 'nx.json': nxJson, ...rest } = textsOf(tree);
    expect(contract).toContain("export const invoiceJob = defineJob({\n  name: 'invoice',");
    expect(nxJson).toContain('"externalJobs"');
    expect({ ...rest, 'nx.json': before['nx.json'] }).toEqual(before);
    expect(syncRegistries(tree)).toBeUndefined();
  });

  it('exports it from the barrel where contracts are imported from one', async () => {
    const tree = queueTree({ contracts: 'barrel' });

    await generate(tree);

    expect(tree.read('packages/agreements/source/index.ts', 'utf-8')).toBe(
      "export * from './invoice.job';\n",
    );
  });

  it('keeps the other settings of nx.json, and their comments', async () => {
    const tree = queueTree();
    tree.write('nx.json', '{\n  // ours\n  "sync": { "applyChanges": true }\n}\n');

    await generate(tree);
    await generate(tree, 'bill');

    expect([...externalJobs(tree)]).toEqual(['bill', 'invoice']);
    expect(tree.read('nx.json', 'utf-8')).toMatch(
      /\/\/ ours\n {2}"sync": \{\s+"applyChanges": true/,
    );
  });

  it('refuses a job that exists with the command that adds its processor, and writes nothing', async () => {
    const tree = queueTree();
    writeContract(tree, 'invoice');
    const before = textsOf(tree);

    await expect(generate(tree)).rejects.toThrow(
      `Job "invoice" already exists (${CONTRACT}). Nothing was written. Choose another name. ` +
        'If its processor is missing: npx nx g @tools/queue:processor --job=invoice',
    );
    await expect(generate(tree, 'in-voice')).rejects.toThrow('too similar to the job "invoice"');
    expect(textsOf(tree)).toEqual(before);
  });
});

describe('nx g @tools/queue:processor --job', () => {
  const process = (tree: Tree, options: object) =>
    processorGenerator(tree, { skipFormat: true, ...options });

  it('writes a processor for the contract, which is no longer the job of another workspace', async () => {
    const tree = queueTree();
    await generate(tree);
    const contract = tree.read(CONTRACT, 'utf-8');
    const log = jest.spyOn(console, 'log').mockImplementation();

    const done = await process(tree, { job: 'invoice' });
    await done();

    expect(tree.read(CONTRACT, 'utf-8')).toBe(contract);
    expect([...externalJobs(tree)]).toEqual([]);
    expect(
      tree.read('services/jobs-runner/code/processors/invoice/invoice.processor.ts', 'utf-8'),
    ).toContain('@JobProcessor(invoiceJob)');
    expect(log.mock.calls.join()).toContain('nx.json no longer lists "invoice"');
    expect(syncRegistries(tree)).toBeUndefined();
  });

  it('is undone by remove --keepContract', async () => {
    const tree = queueTree();
    await generate(tree);
    syncRegistries(tree);
    const before = textsOf(tree);

    await process(tree, { job: 'invoice' });
    await removeGenerator(tree, { name: 'invoice', keepContract: true, skipFormat: true });

    expect(textsOf(tree)).toEqual(before);
  });

  it.each([
    [{ job: 'invoise' }, 'There is no job "invoise". Did you mean "invoice"?'],
    [
      { job: 'invoice', name: 'bill' },
      'Pass either the name "bill", for a new job, or --job=invoice',
    ],
    [{ job: 'invoice', jobs: 'agreements' }, 'Leave out --jobs'],
    [{ job: 'invoice', cron: '0 3 * * *' }, 'is used unchanged. Leave out --cron'],
  ])('refuses %j in a sentence, and writes nothing', async (options, sentence) => {
    const tree = queueTree();
    await generate(tree);
    const before = textsOf(tree);

    await expect(process(tree, options)).rejects.toThrow(sentence);
    expect(textsOf(tree)).toEqual(before);
  });

  it('refuses a job that has a processor', async () => {
    const tree = queueTree();
    await generate(tree);
    await process(tree, { job: 'invoice' });

    await expect(process(tree, { job: 'invoice', force: true })).rejects.toThrow(
      'Job "invoice" already has a processor',
    );
  });
});
