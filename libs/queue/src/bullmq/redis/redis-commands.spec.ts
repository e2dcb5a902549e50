import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIMIT_COMMANDS, SCRIPTED_COMMANDS } from './redis-commands';
import { LIMIT_BY_KEY } from './redis-key-limits.lua';

/** BullMQ's scripts for queues; those for its relay are never called here. */
const SCRIPTS = join(require.resolve('bullmq'), '../../cjs/scripts');

/** A name in quotes that is given to a function that runs it, or kept for it. */
const CALLED = /(?:r?call|redis\.p?call)\(\s*["']([A-Za-z]+)["']/g;
const KEPT = /["']((?:[HLSZX]|R(?=POP|PUSH))[A-Z]{3,16})["']/g;

function calledCommands(): string[] {
  const found = new Set<string>();
  for (const file of readdirSync(SCRIPTS)) {
    if (!file.endsWith('.js') || /^(relay|index)/.test(file)) continue;
    const text = readFileSync(join(SCRIPTS, file), 'utf8');
    for (const pattern of [CALLED, KEPT]) {
      for (const [, name = ''] of text.matchAll(pattern)) found.add(name.toLowerCase());
    }
  }
  // An argument of ZRANGEBYSCORE.
  found.delete('limit');
  return [...found].sort();
}

it('an account is tested for every command that a script of the installed BullMQ gives, and for no other', () => {
  const tested = SCRIPTED_COMMANDS.map(([name]) => name);
  expect([...tested].sort()).toEqual(calledCommands());
});

it('an account is tested for every command that the script of the limits by key gives', () => {
  const given = [...LIMIT_BY_KEY.matchAll(/\bcall\('([A-Z]+)'/g)].map(([, name = '']) => name);
  const tested = [...SCRIPTED_COMMANDS, ...LIMIT_COMMANDS].map(([name]) => name);
  expect(given).toContain('TIME');
  expect(tested).toEqual(expect.arrayContaining(given.map((name) => name.toLowerCase())));
});
