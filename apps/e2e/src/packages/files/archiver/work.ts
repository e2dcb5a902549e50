import { ZipArchive } from 'archiver';
import { buffer } from 'node:stream/consumers';

export async function work(): Promise<string> {
  const archive = new ZipArchive({ zlib: { level: 9 } });
  archive.append('Hello, Ada', { name: 'hello.txt' });
  const [zip] = await Promise.all([buffer(archive), archive.finalize()]);
  return `${zip.toString('latin1', 0, 2)} ${zip.includes('hello.txt') ? 'hello.txt' : 'empty'}`;
}
