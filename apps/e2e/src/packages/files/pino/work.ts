import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';

/** The transport is a thread of pino's own, which finds its target by name. */
export async function work(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pino-'));
  try {
    const destination = join(folder, 'log.txt');
    const options = { destination, colorize: false, ignore: 'time,pid,hostname' };
    const transport = pino.transport<object>({ target: 'pino-pretty', options });
    const logger = pino(transport);
    logger.info({ name: 'Ada' }, 'hello');
    const closed = new Promise((resolve) => transport.once('close', resolve));
    transport.end();
    await closed;
    return (await readFile(destination, 'utf8')).replace(/\s+/g, ' ').trim();
  } finally {
    await rm(folder, { recursive: true });
  }
}
