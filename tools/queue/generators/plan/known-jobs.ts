import type { Contract, Processor, QueueWorkspace } from '../../workspace/index';
import { listContracts, listProcessors, PluginError } from '../../workspace/index';

/**
 * The job has a processor in another place, and a job has exactly one.
 *
 * To do: choose another name, or delete the processor that the message names.
 */
export class JobTakenError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_JOB_TAKEN';

  constructor(job: string, file: string, worker: string) {
    super(
      `Job "${job}" already has a processor, ${file} in the worker "${worker}". ` +
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
      `"${job}" is too similar to the job "${existing}" (${file}): ` +
        'on some disks both would be one file, and in logs they would be confused. Choose another name.',
    );
  }
}

/** The jobs of a workspace, read once, and what a new name must not collide with. */
export class KnownJobs {
  readonly contracts: readonly Contract[];
  private readonly processors: readonly Processor[];

  constructor(workspace: QueueWorkspace) {
    this.contracts = listContracts(workspace);
    this.processors = workspace.workers.flatMap((worker) =>
      listProcessors(workspace, worker, this.contracts),
    );
  }

  contractOf(job: string): Contract | undefined {
    return this.contracts.find(({ name }) => name === job);
  }

  /** The names of those that a worker of this workspace processes. */
  get processed(): string[] {
    return this.processors.flatMap(({ contract }) => contract?.name ?? []);
  }

  /** Throws `SimilarJobError` for each other job but `renamed`. */
  refuseSimilar(job: string, renamed?: string): void {
    const squash = (name: string): string => name.replaceAll(/[-_]/g, '').toLowerCase();
    for (const { name, file } of this.contracts) {
      if (name === undefined || name === job || name === renamed) continue;
      if (squash(name) === squash(job)) {
        throw new SimilarJobError(job, name, file);
      }
    }
  }

  /** Throws `JobTakenError` if a file other than `processor` processes the job; without it, if any does. */
  refuseTaken(job: string, processor?: string): void {
    const taken = this.processors.find(
      ({ contract, file }) => contract?.name === job && file !== processor,
    );
    if (taken) throw new JobTakenError(job, taken.file, taken.worker);
  }
}
