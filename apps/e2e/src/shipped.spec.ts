import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Names of classes that run jobs, in a worker and in the children of isolated processors; builds keep names. */
const CONSUMER = ['WorkersService', 'SandboxPool', 'SandboxRunner'];

/** The text of all JavaScript of a shipped app. */
async function shippedCode(app: string): Promise<string> {
  const folder = process.env[`E2E_${app.toUpperCase()}`] ?? '';
  const chunks = await readdir(join(folder, 'chunks'));
  const files = [
    'main.js',
    ...chunks.filter((name) => name.endsWith('.js')).map((name) => `chunks/${name}`),
  ];
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts.join('\n');
}

test('a shipped api holds nothing of what runs jobs, which a worker does', async () => {
  const [api, worker] = await Promise.all([shippedCode('api'), shippedCode('worker')]);
  expect(CONSUMER.filter((name) => worker.includes(name))).toEqual(CONSUMER);
  expect(CONSUMER.filter((name) => api.includes(name))).toEqual([]);
});
