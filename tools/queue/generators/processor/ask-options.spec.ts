import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Person } from '../../testing/person';
import { queueTree, writeContract } from '../../testing/queue-tree';
import processorGenerator from './processor';

const ENTER = '\r';
const DOWN = '\u001b[B';
const CTRL_C = '\u0003';

const valid = () => Promise.resolve(true);

describe('nx g @tools/queue:processor without a name', () => {
  it('asks for the name, the worker, the isolation and the schedule', async () => {
    const tree = queueTree({ workers: ['alpha', 'beta'] });
    writeContract(tree, 'send-mail');
    const person = new Person();

    const generated = processorGenerator(tree, { skipFormat: true }, valid, person);
    await person.answer('Name of the job', `sendmail${ENTER}`);
    await person.answer('too similar to the job "send-mail"', `2${ENTER}`);
    await person.answer('Which worker runs it?', `${DOWN}${ENTER}`);
    await person.answer('Where do its jobs run?', `${DOWN}${ENTER}`);
    await person.answer('When does it run by itself?', `0 3 * * *${ENTER}`);
    await generated;

    const folder = 'services/beta/code/processors/sendmail2';
    expect(tree.read(`${folder}/sendmail2.processor.ts`, 'utf-8')).toContain(
      "isolation: 'process'",
    );
    expect(tree.read('packages/agreements/source/sendmail2.job.ts', 'utf-8')).toContain(
      '"cron":"0 3 * * *"',
    );
  });

  it('does not ask for what was passed, nor which worker if there is one; empty is no schedule', async () => {
    const tree = queueTree();
    const person = new Person();

    const generated = processorGenerator(
      tree,
      { skipFormat: true, isolation: 'none' },
      valid,
      person,
    );
    await person.answer('Name of the job', `email${ENTER}`);
    await person.answer('When does it run by itself?', ENTER);
    await generated;

    const contract = tree.read('packages/agreements/source/email.job.ts', 'utf-8');
    expect(contract).toContain("name: 'email'");
    expect(contract).not.toContain('schedule');
  });

  it('writes nothing if a question is cancelled, or if there is no terminal to ask on', async () => {
    const tree = queueTree();
    const before = tree.listChanges().length;
    const person = new Person();

    const cancelled = processorGenerator(tree, {}, valid, person);
    const refused = expect(cancelled).rejects.toThrow('Cancelled. Nothing was written.');
    await person.answer('Name of the job', CTRL_C);
    await refused;
    await expect(processorGenerator(tree, {}, valid)).rejects.toThrow(
      /A name is missing.* Write: npx nx g @tools\/queue:processor email/,
    );
    expect(tree.listChanges()).toHaveLength(before);
  });
});

it.each(['processor', 'job', 'move', 'rename', 'remove', 'worker'])(
  'each option of the generator %s has a description, and an example',
  (generator) => {
    const text = readFileSync(join(__dirname, '..', generator, 'schema.json'), 'utf8');
    const { properties, examples } = JSON.parse(text) as {
      properties: Record<string, { type: string; description?: string; 'x-priority'?: string }>;
      examples: { command: string }[];
    };
    const commands = examples.map(({ command }) => command).join('\n');
    const without = Object.entries(properties)
      .filter(([, option]) => option['x-priority'] !== 'internal')
      .filter(([name, { description = '' }]) => {
        return !/such as/i.test(description) && !commands.includes(`--${name}`);
      });
    expect(without).toEqual([]);
  },
);
