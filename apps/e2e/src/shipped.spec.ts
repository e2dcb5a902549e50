import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Names of classes that run jobs, in a worker and in the children of isolated processors; builds keep names. */
const CONSUMER = ['WorkersService', 'SandboxPool', 'SandboxRunner'];

/** The JavaScript of a shipped app, by the path of each file. */
async function shippedFiles(app: string): Promise<Map<string, string>> {
  const folder = process.env[`E2E_${app.toUpperCase()}`] ?? '';
  const chunks = await readdir(join(folder, 'chunks'));
  const files = [
    'main.js',
    ...chunks.filter((name) => name.endsWith('.js')).map((name) => `chunks/${name}`),
  ];
  const texts = files.map(
    async (file) => [file, await readFile(join(folder, file), 'utf8')] as const,
  );
  return new Map(await Promise.all(texts));
}

/** The text of all of it. */
async function shippedCode(app: string): Promise<string> {
  return [...(await shippedFiles(app)).values()].join('\n');
}

test('a shipped api holds nothing of what runs jobs, which a worker does', async () => {
  const [api, worker] = await Promise.all([shippedCode('api'), shippedCode('worker')]);
  expect(CONSUMER.filter((name) => worker.includes(name))).toEqual(CONSUMER);
  expect(CONSUMER.filter((name) => api.includes(name))).toEqual([]);
});

test.each([
  // A metric that only prom-client names.
  ['api', 'what measures', 'nodejs_gc_duration_seconds'],
  ['worker', 'what measures', 'nodejs_gc_duration_seconds'],
  ['api', 'the page of queues', 'sessions of the page of queues'],
  ['worker', 'the page of queues', 'sessions of the page of queues'],
])('a shipped %s loads %s only if it is asked to', async (app, _, word) => {
  const files = [...(await shippedFiles(app))];
  const holding = files.filter(([, text]) => text.includes(word));
  expect(holding).toHaveLength(1);
  const name = holding[0]?.[0].replace('chunks/', '') ?? '';
  const users = files.flatMap(([, text]) =>
    [...text.matchAll(new RegExp(`(\\bfrom|\\bimport\\(?) *"\\./(?:chunks/)?${name}"`, 'g'))].map(
      ([, how]) => how,
    ),
  );
  expect(users).toEqual(['import(']);
});
