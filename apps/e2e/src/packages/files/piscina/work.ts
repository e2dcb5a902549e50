import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Piscina } from 'piscina';

/** A pool of threads, whose own code in them is a file beside the package's. What they run is written here. */
export async function work(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'piscina-'));
  const filename = join(folder, 'square.mjs');
  await writeFile(filename, 'export default (number) => number * number;');
  const pool = new Piscina({ filename, maxThreads: 1 });
  try {
    return String(await pool.run(12));
  } finally {
    await pool.destroy();
    await rm(folder, { recursive: true });
  }
}
