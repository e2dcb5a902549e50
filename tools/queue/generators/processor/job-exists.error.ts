import { PluginError } from '../../workspace/index';

/** The job is there already, and the person did not ask to overwrite it. */
export class JobExistsError extends PluginError {
  constructor(job: string, files: readonly string[]) {
    super(
      `Job "${job}" exists already, nothing was written. Choose another name, ` +
        `or pass --force to overwrite exactly these files:\n${list(files)}`,
    );
  }
}

/** Another processor has this job already, so that a second one would be refused by the worker. */
export class JobTakenError extends PluginError {
  constructor(job: string, file: string, worker: string) {
    super(
      `Job "${job}" is processed already, by ${file} in the worker "${worker}". ` +
        'A job has exactly one processor. Choose another name, or delete that one first.',
    );
  }
}

/** The name reads like that of another job. */
export class SimilarJobError extends PluginError {
  constructor(job: string, existing: string, file: string) {
    super(
      `"${job}" is too much like the job "${existing}" (${file}): ` +
        'they would be one file on some disks, and be taken for each other in a log. Choose another name.',
    );
  }
}

/** Files that the generator would write are there, but not as the job's. */
export class FileExistsError extends PluginError {
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
