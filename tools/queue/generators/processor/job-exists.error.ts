import { PluginError } from '../../workspace/index';

/**
 * The job exists already, and `--force` was not passed.
 *
 * To do: choose another name, or pass `--force` to overwrite the files that the message lists.
 */
export class JobExistsError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_JOB_EXISTS';

  constructor(job: string, files: readonly string[]) {
    super(
      `Job "${job}" exists already, nothing was written. Choose another name, ` +
        `or pass --force to overwrite exactly these files:\n${list(files)}`,
    );
  }
}

/**
 * The job has a processor in another place, and a job has exactly one.
 *
 * To do: choose another name, or delete the processor that the message names.
 */
export class JobTakenError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_JOB_TAKEN';

  constructor(job: string, file: string, worker: string) {
    super(
      `Job "${job}" is processed already, by ${file} in the worker "${worker}". ` +
        'A job has exactly one processor. Choose another name, or delete that one first.',
    );
  }
}

/**
 * The name differs from that of another job by hyphens or case only.
 *
 * To do: choose another name.
 */
export class SimilarJobError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_SIMILAR_JOB';

  constructor(job: string, existing: string, file: string) {
    super(
      `"${job}" is too much like the job "${existing}" (${file}): ` +
        'they would be one file on some disks, and be taken for each other in a log. Choose another name.',
    );
  }
}

/**
 * Files that the generator would write exist, although the job does not.
 *
 * To do: delete or rename them, or pass `--force`.
 */
export class FileExistsError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_FILE_EXISTS';

  constructor(files: readonly string[]) {
    super(
      'Nothing was written, because it would overwrite these files. ' +
        `Delete or rename them, or pass --force:\n${list(files)}`,
    );
  }
}

function list(files: readonly string[]): string {
  return files.map((file) => `  ${file}`).join('\n');
}
