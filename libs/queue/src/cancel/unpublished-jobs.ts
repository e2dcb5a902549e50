import type { JobsOptions } from 'bullmq';

/** A job that is committed and not in its queue yet, without its children. */
export interface UnpublishedEntry {
  readonly name: string;
  readonly data: unknown;
  readonly options: JobsOptions;
}

/** Jobs that are committed and not in their queue yet. */
export interface UnpublishedJobs {
  /** @param then takes the job, undefined if there was none; if it fails, the job is there as before */
  remove<Result>(
    queue: string,
    id: string,
    then: (job: UnpublishedEntry | undefined) => Promise<Result>,
  ): Promise<Result>;
}
