import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FOLDER } from '../workspace/built-program.cjs';
import { PluginError } from '../workspace/index';
import { writeRefusal } from '../workspace/write-refusal';

/**
 * The program of the commands can be written neither into the workspace nor into the folder for temporary files.
 *
 * To do: free some space, or let your account write to one of the folders that the message names.
 */
export class ProgramFolderError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_PROGRAM_FOLDER';

  constructor(place: string, reason: string, temporary: string, cause: unknown) {
    const { message } = cause as Error;
    super(
      `The program of the commands could be written neither to ${place} (${reason}) ` +
        `nor to ${temporary} (${writeRefusal(cause) ?? message}). ` +
        'Free some space, or let this account write to one of them.',
      { cause },
    );
  }
}

/**
 * Makes a program in a new folder. Where the workspace cannot be written, the folder is a temporary one, which is removed
 * when this process exits: a command of the queues needs no more than to read. What is made is removed if it fails.
 *
 * @param make what it returns is returned; `isKept`: the folder is that of the workspace
 * @throws ProgramFolderError if neither can be written
 */
export async function inNewFolder<Result>(
  workspaceRoot: string,
  make: (folder: string, isKept: boolean) => Promise<Result>,
): Promise<Result> {
  const place = join(workspaceRoot, FOLDER);
  try {
    mkdirSync(place, { recursive: true });
    const folder = mkdtempSync(join(place, 'building-'));
    // Another account may run what this one has built, as with any other file.
    chmodSync(folder, 0o755);
    return await removedIfItFails(folder, () => make(folder, true));
  } catch (error) {
    const reason = writeRefusal(error);
    if (reason === undefined) throw error;
    const made = await inTemporaryFolder(workspaceRoot, reason, make);
    process.stderr.write(
      `Compiled for this run only, because ${place} cannot be written: ${reason}. Fix that, and the next commands start at once.\n`,
    );
    return made;
  }
}

async function inTemporaryFolder<Result>(
  workspaceRoot: string,
  reason: string,
  make: (folder: string, isKept: boolean) => Promise<Result>,
): Promise<Result> {
  const refused = (error: unknown): ProgramFolderError =>
    new ProgramFolderError(join(workspaceRoot, FOLDER), reason, tmpdir(), error);
  let folder: string;
  try {
    folder = temporaryFolder(workspaceRoot);
  } catch (error) {
    throw refused(error);
  }
  try {
    return await removedIfItFails(folder, () => make(folder, false));
  } catch (error) {
    throw writeRefusal(error) === undefined ? error : refused(error);
  }
}

function temporaryFolder(workspaceRoot: string): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'queue-commands-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  // Packages that stay outside of the program are found as from the workspace.
  symlinkSync(join(workspaceRoot, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

async function removedIfItFails<Result>(
  folder: string,
  make: () => Promise<Result>,
): Promise<Result> {
  try {
    return await make();
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}
