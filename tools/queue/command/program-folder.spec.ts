import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FOLDER } from '../workspace/built-program.cjs';
import { inNewFolder, ProgramFolderError } from './program-folder';

// Linux has a file that is on a full disk.
const onFullDisk = existsSync('/dev/full') ? it : it.skip;

describe('the folder of a new program', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'program-folder-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it('is removed if the program cannot be made, and the error stays what it is', async () => {
    const defect = new Error('a contract does not compile');
    await expect(inNewFolder(root, () => Promise.reject(defect))).rejects.toBe(defect);
    expect(readdirSync(join(root, FOLDER))).toEqual([]);
  });

  onFullDisk('is a temporary one where the disk is full', async () => {
    const made = await inNewFolder(root, async (folder, isKept) => {
      await Promise.resolve();
      if (isKept) writeFileSync('/dev/full', 'program');
      return folder;
    });
    expect(made).not.toContain(root);
    expect(readdirSync(made)).toEqual(['node_modules']);
    expect(readdirSync(join(root, FOLDER))).toEqual([]);
    rmSync(made, { recursive: true });
  });

  onFullDisk('is none where the disk of temporary files is full too', async () => {
    const making = inNewFolder(root, async () => {
      await Promise.resolve();
      writeFileSync('/dev/full', 'program');
    });
    await expect(making).rejects.toBeInstanceOf(ProgramFolderError);
    await expect(making).rejects.toThrow(
      `neither to ${join(root, FOLDER)} (the disk is full) nor to ${tmpdir()} (the disk is full). Free some space`,
    );
  });
});
