import { PassThrough } from 'node:stream';
import type { Tree } from '@nx/devkit';
import { CONSUMER, grownTree } from '../../testing/grown-tree';
import { Person } from '../../testing/person';
import { textsOf } from '../../testing/queue-tree';
import syncRegistries from '../sync/sync';
import workerGenerator from '../worker/worker';
import moveGenerator from './move';
import type { MoveOptions } from './move-options';

const FROM = 'services/alpha/code/processors/email';
const TO = 'services/beta/code/processors/email';

function move(tree: Tree, options: Partial<MoveOptions> = {}) {
  return moveGenerator(tree, { name: 'email', to: 'beta', skipFormat: true, ...options });
}

function textOf(tree: Tree, file: string): string {
  return tree.read(file, 'utf-8') ?? '';
}

describe('nx g @tools/queue:move', () => {
  it('moves the folder of the processor to the other worker, unchanged, and both registries follow', async () => {
    const tree = grownTree();
    tree.write(`${FROM}/texts/greeting.txt`, 'hello');
    const before = textsOf(tree);

    await move(tree);

    for (const file of ['email.processor.ts', 'email.processor.spec.ts', 'texts/greeting.txt']) {
      expect(tree.exists(`${FROM}/${file}`)).toBe(false);
      expect(textOf(tree, `${TO}/${file}`)).toBe(before[`${FROM}/${file}`]);
    }
    expect(textOf(tree, 'services/alpha/code/processors.generated.ts')).not.toContain('email');
    expect(textOf(tree, 'services/beta/code/processors.generated.ts')).toContain(
      "'email': () => import('./processors/email/email.processor'),",
    );
    expect(textOf(tree, CONSUMER)).toBe(before[CONSUMER]);
    expect(syncRegistries(tree)).toBeUndefined();
  });

  it('follows in the files that select processors', async () => {
    const tree = grownTree();

    await move(tree);

    expect(textOf(tree, '.env')).toBe('ALPHA_PROCESSORS=sms\nBETA_PROCESSORS=email,thumbnail\n');
    expect(textOf(tree, 'deploy/alpha.yaml')).toBe(
      'env:\n  - name: ALPHA_PROCESSORS\n    value: "fax, sms"\n  - name: OTHER\n    value: email\n',
    );
  });

  it('is undone by moving it back', async () => {
    const tree = grownTree();
    const before = textsOf(tree);

    await move(tree);
    await move(tree, { to: 'alpha' });

    expect(textsOf(tree)).toEqual(before);
  });

  it('refuses with the lines that cannot follow, and writes nothing; --force leaves them to the person', async () => {
    const tree = grownTree();
    tree.write('services/alpha/code/shared.ts', 'export const shared = 1;\n');
    tree.write(`${FROM}/letter.ts`, "export { shared } from '../../shared';\n");
    tree.write('services/alpha/code/alpha.spec.ts', "import './processors/email/letter';\n");
    tree.write('mail.sh', 'ALPHA_PROCESSORS=email node main.js\n');
    const before = textsOf(tree);

    const refused = move(tree);

    await expect(refused).rejects.toThrow(
      'The processor of "email" cannot move from "alpha" to "beta". Nothing was written.',
    );
    await expect(refused).rejects.toThrow('services/alpha/code/alpha.spec.ts:1');
    await expect(refused).rejects.toThrow(`${FROM}/letter.ts:1  services/alpha/code/shared.ts`);
    await expect(refused).rejects.toThrow('mail.sh:1  ALPHA_PROCESSORS=email');
    expect(textsOf(tree)).toEqual(before);

    await move(tree, { force: true });
    expect(textOf(tree, 'mail.sh')).toBe('ALPHA_PROCESSORS=email node main.js\n');
    expect(textOf(tree, `${TO}/letter.ts`)).toContain("'../../../../alpha/code/shared'");
    expect(textOf(tree, 'services/alpha/code/alpha.spec.ts')).toContain(
      "'../../beta/code/processors/email/letter'",
    );
  });

  it('lets its tests read the definition of the worker that they are in', async () => {
    const tree = grownTree();
    for (const worker of ['alpha', 'beta']) {
      tree.write(
        `services/${worker}/code/worker.ts`,
        `export const worker = { name: '${worker}', port: 3001 };\n`,
      );
    }
    const spec = "import { worker } from '../../worker';\n\nit.todo(worker.name);\n";
    tree.write(`${FROM}/email.processor.spec.ts`, spec);

    await move(tree);

    expect(textOf(tree, `${TO}/email.processor.spec.ts`)).toBe(spec);
  });

  it('overwrites nothing, also with --force', async () => {
    const tree = grownTree();
    tree.write(`${TO}/email.processor.spec.ts`, 'mine');
    const before = textsOf(tree);

    await expect(move(tree, { force: true })).rejects.toThrow(`${TO}/email.processor.spec.ts`);
    expect(textsOf(tree)).toEqual(before);
  });

  it('takes only the files that are named like it from a folder of several processors', async () => {
    const tree = grownTree();
    const folder = 'services/alpha/code/processors';
    for (const job of ['email', 'sms']) {
      tree.rename(`${folder}/${job}/${job}.processor.ts`, `${folder}/${job}.processor.ts`);
    }
    tree.rename(`${FROM}/email.processor.spec.ts`, `${folder}/email.processor.spec.ts`);
    syncRegistries(tree);

    await move(tree);

    expect(tree.children(folder)).toEqual(['sms.processor.ts']);
    expect(tree.children('services/beta/code/processors').sort()).toEqual([
      'email.processor.spec.ts',
      'email.processor.ts',
    ]);
    expect(syncRegistries(tree)).toBeUndefined();
  });

  it.each([
    [{ name: 'emial' }, 'There is no job "emial". Did you mean "email"?'],
    [{ to: 'bet' }, '"bet" is not a worker. Did you mean "beta"? Pass --to with one of: beta.'],
    [{ to: 'alpha' }, 'The processor is in the worker "alpha" already.'],
  ])('refuses %j in a sentence', async (options, sentence) => {
    await expect(move(grownTree(), options)).rejects.toThrow(sentence);
  });

  it('asks which worker it moves to, if there are several others', async () => {
    const tree = grownTree();
    await workerGenerator(tree, { name: 'media', skipFormat: true });
    const person = new Person();

    const moved = moveGenerator(tree, { name: 'email', skipFormat: true }, person);
    await person.answer('Which worker?', '\u001b[B\r');
    await moved;

    expect(tree.exists('services/media/src/processors/email/email.processor.ts')).toBe(true);
  });

  it('asks which job moves; the only other worker is the one', async () => {
    const tree = grownTree();
    const input = new PassThrough();
    const output = new PassThrough();

    const moved = moveGenerator(tree, { skipFormat: true }, { input, output });
    input.write('\r');
    await moved;

    expect(tree.exists(`${TO}/email.processor.ts`)).toBe(true);
    await expect(moveGenerator(tree, {})).rejects.toThrow(
      'Write: npx nx g @tools/queue:move thumbnail --to=media',
    );
  });
});
