import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import winston from 'winston';
import 'winston-daily-rotate-file';

export async function work(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'winston-'));
  try {
    const file = new winston.transports.DailyRotateFile({
      dirname: folder,
      filename: 'log-%DATE%',
      maxFiles: 2,
    });
    const logger = winston.createLogger({ transports: [file] });
    logger.info('hello');
    logger.end();
    await once(file, 'finish');
    const name = (await readdir(folder)).find((entry) => entry.startsWith('log-')) ?? '';
    return `${name.replace(/\d/g, '0')}: ${(await readFile(join(folder, name), 'utf8')).trim()}`;
  } finally {
    await rm(folder, { recursive: true });
  }
}
