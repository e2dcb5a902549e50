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

test.each(['api', 'worker'])(
  'a shipped %s loads what measures only if it is asked to',
  async (app) => {
    const files = [...(await shippedFiles(app))];
    // A metric that only prom-client names.
    const measuring = files.filter(([, text]) => text.includes('nodejs_gc_duration_seconds'));
    expect(measuring).toHaveLength(1);
    const name = measuring[0]?.[0].replace('chunks/', '') ?? '';
    const users = files.flatMap(([, text]) =>
      [...text.matchAll(new RegExp(`(\\bfrom|\\bimport\\(?) *"\\./(?:chunks/)?${name}"`, 'g'))].map(
        ([, how]) => how,
      ),
    );
    expect(users).toEqual(['import(']);
  },
);
