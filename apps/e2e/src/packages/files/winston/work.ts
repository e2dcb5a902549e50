import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import winston from 'winston';

export async function work(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'winston-'));
  try {
    const filename = join(folder, 'log.txt');
    const file = new winston.transports.File({ filename });
    const format = winston.format.combine(winston.format.splat(), winston.format.json());
    const logger = winston.createLogger({ format, transports: [file] });
    logger.info('hello, %s', 'Ada', { id: 1 });
    logger.end();
    await once(file, 'finish');
    return (await readFile(filename, 'utf8')).trim();
  } finally {
    await rm(folder, { recursive: true });
  }
}
