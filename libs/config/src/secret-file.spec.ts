import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { secretFile } from '.';

describe('a file that holds a password', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secret-'));
    path = join(folder, 'password');
  });

  afterEach(() => rm(folder, { recursive: true }));

  const problemOf = (file: string) =>
    secretFile()
      .safeParse(file)
      .error?.issues.map(({ message }) => message)
      .join();

  it.each([
    ['secret', 'secret'],
    ['secret\n', 'secret'],
    ['secret\r\n', 'secret'],
    [' se cret ', ' se cret '],
  ])('may hold %j', async (text, password) => {
    await writeFile(path, text);
    expect(await secretFile().parse(path)()).toBe(password);
  });

  it('is refused if it is missing, no file, empty, or has several lines', async () => {
    expect(problemOf(path)).toContain(`names ${path}, which cannot be read: ENOENT`);
    expect(problemOf(folder)).toContain('cannot be read: EISDIR');
    await writeFile(path, '\n');
    expect(problemOf(path)).toContain('is empty');
    await writeFile(path, 'secret\nother\n');
    expect(problemOf(path)).toContain('has several lines');
    expect(problemOf(path)).not.toContain('other');
  });

  it('is read at each call, also behind a link that is replaced, as Kubernetes does', async () => {
    for (const version of ['first', 'second']) {
      await mkdir(join(folder, version));
      await writeFile(join(folder, version, 'password'), version);
    }
    const link = join(folder, '..data');
    await symlink('first', link);
    await symlink('..data/password', path);
    const read = secretFile().parse(path);
    expect(await read()).toBe('first');
    await symlink('second', `${link}_tmp`);
    await rename(`${link}_tmp`, link);
    expect(await read()).toBe('second');
  });

  it('that cannot be read later leaves the password as it was, with one warning', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    await writeFile(path, 'first');
    const read = secretFile().parse(path);
    await rm(path);
    expect(await read()).toBe('first');
    expect(await read()).toBe('first');
    expect(warn.mock.calls).toEqual([[expect.stringContaining(`The file ${path} cannot be read`)]]);
    await writeFile(path, 'second');
    expect(await read()).toBe('second');
  });
});
