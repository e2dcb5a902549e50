import { StoreRequiredError } from '../store/store-required.error';
import { hasEnded, type MemoryJob } from './memory-job';

interface Held {
  readonly job: MemoryJob;
  /** In milliseconds since 1970; undefined: until the job has ended. */
  readonly until: number | undefined;
}

/** Which jobs of a queue keep others with the same key from being added. */
export class Deduplications {
  private readonly held = new Map<string, Held>();

  /**
   * @returns the id of the job that is there in its place
   * @throws StoreRequiredError for what no contract asks for
   */
  find({ opts: { deduplication } }: MemoryJob, now: number): string | undefined {
    if (deduplication === undefined) return undefined;
    const { extend, replace, keepLastIfActive } = deduplication;
    if (extend === true || replace === true || keepLastIfActive === true) {
      throw new StoreRequiredError('A deduplication that extends, replaces or keeps the last job');
    }
    const found = this.held.get(deduplication.id);
    if (found === undefined) return undefined;
    const isOver = found.until === undefined ? hasEnded(found.job) : found.until <= now;
    return isOver ? undefined : found.job.id;
  }

  note(job: MemoryJob, now: number): void {
    const { deduplication } = job.opts;
    if (deduplication === undefined) return;
    const { id, ttl } = deduplication;
    this.held.set(id, { job, until: ttl === undefined ? undefined : now + ttl });
  }

  /** A job has ended, or was removed: without a window, it keeps no other one from being added. */
  release(job: MemoryJob): void {
    const key = job.opts.deduplication?.id;
    const found = key === undefined ? undefined : this.held.get(key);
    if (key !== undefined && found?.job === job && found.until === undefined) this.held.delete(key);
  }

  clear(): void {
    this.held.clear();
  }
}
