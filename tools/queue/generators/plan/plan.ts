import type { Tree } from '@nx/devkit';
import { formatFiles, generateFiles } from '@nx/devkit';
import { posix } from 'node:path';
import type { QueueWorkspace } from '../../workspace/index';
import { PluginError } from '../../workspace/index';
import { updateRegistries } from './tree-workspace';

/**
 * The job exists already, and nothing of it was to be overwritten.
 *
 * To do: choose another name; or pass `--force`, where the message offers it, to overwrite the files that it lists.
 */
export class JobExistsError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_JOB_EXISTS';

  constructor(job: string, files: readonly string[], { canForce }: Overwriting) {
    super(
      `Job "${job}" already exists. Nothing was written. ` +
        (canForce
          ? `Choose another name, or pass --force to overwrite exactly these files:\n${list(files)}`
          : `These files are in the way:\n${list(files)}`),
    );
  }
}

/**
 * Files that the generator would write exist, although the job or the worker does not.
 *
 * To do: delete or rename them; or pass `--force`, where the message offers it, or another name.
 */
export class FileExistsError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_FILE_EXISTS';

  constructor(files: readonly string[], { canForce }: Overwriting) {
    super(
      'Nothing was written, because it would overwrite these files. ' +
        `Delete or rename them, or pass ${canForce ? '--force' : 'another name'}:\n${list(files)}`,
    );
  }
}

interface Overwriting {
  /** Whether the generator has an option `--force` that overwrites. */
  canForce: boolean;
}

function list(files: readonly string[]): string {
  return files.map((file) => `  ${file}`).join('\n');
}

interface PlannedChange {
  file: string;
  /** Whether the file is to be created; otherwise it is edited. */
  isNew: boolean;
  write: (tree: Tree) => void | Promise<void>;
}

/**
 * The files that a generator will write, collected and checked before the first one is written:
 *
 *     names -> known jobs -> projects -> files -> format -> registries
 *
 * The first three are decided with what stands beside this file; a generator adds its own templates.
 */
export class Plan {
  private readonly changes: PlannedChange[] = [];

  constructor(private readonly workspace: QueueWorkspace) {}

  /** A new file, from the one template that lies in the folder `template`. */
  create(file: string, template: string, values: object): void {
    this.createBy(file, (tree) => {
      generateFiles(tree, template, posix.dirname(file), {
        ...values,
        runtime: this.workspace.runtime,
        fileName: posix.basename(file),
      });
    });
  }

  /** A new file that is written in another way. */
  createBy(file: string, write: PlannedChange['write']): void {
    this.changes.push({ file, isNew: true, write });
  }

  /** Changes a file that the job shares with others. `edit` gets its text; empty if the file does not exist. */
  edit(file: string, edit: (text: string) => string): void {
    this.changes.push({
      file,
      isNew: false,
      write: (tree) => {
        tree.write(file, edit(tree.read(file, 'utf-8') ?? ''));
      },
    });
  }

  /** All that it writes. */
  get files(): string[] {
    return this.changes.map(({ file }) => file);
  }

  /** Of the files to create, those that exist and will be overwritten. */
  get overwritten(): string[] {
    return this.changes
      .filter(({ file, isNew }) => isNew && this.workspace.files.exists(file))
      .map(({ file }) => file);
  }

  /** Throws `JobExistsError`, or `FileExistsError` if the job is new, unless nothing would be overwritten. */
  refuseOverwriting(
    job: string,
    exists: boolean,
    overwriting: Overwriting = { canForce: false },
  ): void {
    const files = this.overwritten;
    if (files.length === 0) return;
    throw exists
      ? new JobExistsError(job, files, overwriting)
      : new FileExistsError(files, overwriting);
  }

  /** Writes everything, unformatted. */
  async write(tree: Tree): Promise<void> {
    for (const { write } of this.changes) await write(tree);
  }

  /** Writes everything, and brings the registries of the workers up to date. */
  async apply(tree: Tree, { skipFormat = false }: { skipFormat?: boolean }): Promise<void> {
    await this.write(tree);
    if (!skipFormat) await formatFiles(tree);
    // After formatting, which must leave the registry as `nx sync` writes it.
    updateRegistries(tree, this.workspace);
  }
}
