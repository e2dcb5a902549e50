import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { bytes, text } from '../bundle/files/file-kinds.json';
import logo from './testing/logo.png';
import query from './testing/query.sql';

describe('in a spec, as in the bundle', () => {
  it('an imported file that is not code gives its text or its bytes', () => {
    expect(query).toBe('SELECT 1;\n');
    expect([...logo]).toEqual([0x00, 0x01, 0xff]);
  });

  it('a file is found by a path that begins at the source', () => {
    expect(readFileSync(new URL('./testing/query.sql', import.meta.url), 'utf8')).toBe(query);
    expect(readFileSync(join(__dirname, 'testing', 'query.sql'), 'utf8')).toBe(query);
  });

  it.each(['./testing/shout.worker.ts', './testing/shout.worker.js'])(
    'a thread runs TypeScript: %s',
    async (path) => {
      const worker = new Worker(new URL(path, import.meta.url), { workerData: 'quiet' });
      const exited = once(worker, 'exit');

      expect(await once(worker, 'message')).toEqual(['QUIET']);
      await exited;
    },
  );

  it('an array of numbers is what compiled code takes for one', () => {
    expect(runInThisContext('new Float32Array(1)')).toBeInstanceOf(Float32Array);
    expect(runInThisContext('new BigInt64Array(1)')).toBeInstanceOf(BigInt64Array);
  });

  it('a child process runs TypeScript', async () => {
    const child = fork(join(__dirname, 'testing/shout.child.js'));
    const exited = once(child, 'exit');
    child.send('quiet');

    const [answer] = (await once(child, 'message')) as [string];
    expect(answer).toBe('QUIET');
    await exited;
  });
});

it('every ending that can be imported has a type', () => {
  const types = readFileSync(join(__dirname, '../types/imported-files/index.d.ts'), 'utf8');
  const declared = [...types.matchAll(/declare module '\*(.+?)' \{\n {2}const (\w+):/g)];

  expect(declared.map(([, ending, kind]) => [ending, kind])).toEqual([
    ...text.map((ending) => [ending, 'text']),
    ...bytes.map((ending) => [ending, 'bytes']),
  ]);
});
