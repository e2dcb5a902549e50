import { RegistryError } from '../../workspace/index';
import { processorText, queueTree, writeContract, writeProcessor } from '../../testing/queue-tree';
import syncRegistries from './sync';

const REGISTRY = 'services/jobs-runner/code/processors.generated.ts';

describe('nx sync', () => {
  it('lists the processors of a worker by the names of their jobs, sorted', () => {
    const tree = queueTree();
    for (const job of ['sms', 'email']) {
      writeContract(tree, job);
      writeProcessor(tree, job);
    }

    syncRegistries(tree);

    expect(tree.read(REGISTRY, 'utf-8')).toBe(
      [
        '// DO NOT EDIT: kept by `nx sync` (@tools/queue). One entry a processor, loaded only when selected.',
        '// prettier-ignore',
        "import type { ProcessorRegistry } from '@acme/runtime/consumer';",
        '',
        '// prettier-ignore',
        'export const processors = {',
        "  'email': () => import('./processors/email/email.processor'),",
        "  'sms': () => import('./processors/sms/sms.processor'),",
        '} satisfies ProcessorRegistry;',
        '',
      ].join('\n'),
    );
  });

  it('lists a processor whose file holds JSX', () => {
    const tree = queueTree();
    writeContract(tree, 'email');
    const mail = '\nexport const mail = (name: string) => <p title="a">Hi {name}</p>;\n';
    const file = 'services/jobs-runner/code/processors/email/email.processor.tsx';
    tree.write(file, processorText('email').replace('\n\n@', `\n${mail}\n@`));

    syncRegistries(tree);

    expect(tree.read(REGISTRY, 'utf-8')).toContain(
      "'email': () => import('./processors/email/email.processor'),",
    );
  });

  it('writes an empty registry for a worker without processors', () => {
    const tree = queueTree();

    syncRegistries(tree);

    expect(tree.read(REGISTRY, 'utf-8')).toContain(
      'export const processors = {\n} satisfies ProcessorRegistry;\n',
    );
  });

  it('changes nothing the second time', () => {
    const tree = queueTree();
    writeContract(tree, 'email');
    writeProcessor(tree, 'email');
    expect(syncRegistries(tree)).toBeDefined();
    const written = tree.read(REGISTRY, 'utf-8');

    expect(syncRegistries(tree)).toBeUndefined();
    expect(tree.read(REGISTRY, 'utf-8')).toBe(written);
  });

  it('keeps a registry for each worker', () => {
    const tree = queueTree({ workers: ['alpha', 'beta'] });
    writeContract(tree, 'email');
    writeContract(tree, 'sms');
    writeProcessor(tree, 'email', { worker: 'alpha' });
    writeProcessor(tree, 'sms', { worker: 'beta' });

    syncRegistries(tree);

    const registry = (worker: string): string | null =>
      tree.read(`services/${worker}/code/processors.generated.ts`, 'utf-8');
    expect(registry('alpha')).toContain("'email'");
    expect(registry('alpha')).not.toContain("'sms'");
    expect(registry('beta')).toContain("'sms'");
  });

  it('says which entries are out of sync, for nx sync:check to show', () => {
    const tree = queueTree();
    writeContract(tree, 'email');
    const email = writeProcessor(tree, 'email');
    syncRegistries(tree);
    tree.delete(email);
    tree.delete('packages/agreements/source/email.job.ts');
    writeContract(tree, 'sms');
    writeProcessor(tree, 'sms');

    expect(syncRegistries(tree)).toEqual({
      outOfSyncMessage: `${REGISTRY} must list every processor of its worker; sync adds sms (./processors/sms/sms.processor), removes email (./processors/email/email.processor).`,
      outOfSyncDetails: [
        `${REGISTRY}:`,
        '  adds     sms (./processors/sms/sms.processor)',
        '  removes  email (./processors/email/email.processor)',
      ],
    });
  });

  it('restores a registry that was edited by hand', () => {
    const tree = queueTree();
    syncRegistries(tree);
    tree.write(REGISTRY, `${tree.read(REGISTRY, 'utf-8') ?? ''}// mine\n`);

    expect(syncRegistries(tree)?.outOfSyncDetails).toEqual([
      `${REGISTRY}:`,
      '  was edited manually',
    ]);
    expect(tree.read(REGISTRY, 'utf-8')).not.toContain('mine');
  });

  it('fails, and writes nothing, for what only a person can mend', () => {
    const tree = queueTree();
    writeContract(tree, 'email');

    expect(() => syncRegistries(tree)).toThrow(RegistryError);
    expect(() => syncRegistries(tree)).toThrow(/Job "email" has a contract .* but no worker/);
    expect(tree.exists(REGISTRY)).toBe(false);
  });
});
