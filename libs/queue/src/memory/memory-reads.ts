import { EventEmitter } from 'node:events';
import type { IQueueBackend, JobState, JobType } from 'bullmq';
import { hasEnded, jsonOf, type MemoryJob } from './memory-job';
import type { MemoryQueue } from './memory-queue';

type Arguments<Method extends keyof IQueueBackend> = Parameters<
  Extract<IQueueBackend[Method], (...args: never[]) => unknown>
>;

/** What BullMQ's classes ask of a queue in memory. */
export class MemoryReads extends EventEmitter {
  /** As on Postgres, a key has no prefix. */
  readonly qualifiedName: string;
  readonly keys = {} as IQueueBackend['keys'];
  private isEnded = false;

  constructor(protected readonly queue: MemoryQueue) {
    super();
    this.qualifiedName = queue.name;
  }

  toKey(type: string): string {
    return `${this.queue.name}:${type}`;
  }

  parseNodeKey(key: string): { prefix: string; queueName: string; id: string } {
    const [queueName = '', ...id] = key.split(':');
    return { prefix: '', queueName, id: id.join(':') };
  }

  clientName(suffix = ''): string {
    return `${this.queue.name}${suffix}`;
  }

  getClientList = () => Promise.resolve<string[]>([]);

  async getState(id: string): Promise<JobState | 'unknown'> {
    const job = this.queue.jobs.get(id);
    return Promise.resolve(job === undefined ? 'unknown' : stateOf(job));
  }

  async isFinished(
    ...[id, withValue]: Arguments<'isFinished'>
  ): Promise<number | [number, string]> {
    const job = this.queue.jobs.get(id);
    const [status, value] =
      job === undefined
        ? [-1, `Missing key for job ${id}. isFinished`]
        : job.state === 'completed'
          ? [1, job.returnvalue]
          : job.state === 'failed'
            ? [2, job.failedReason ?? '']
            : [0, ''];
    return Promise.resolve(withValue === true ? [status, value] : status);
  }

  isMaxed = () => Promise.resolve(false);

  async isJobInState(...[state, id]: Arguments<'isJobInState'>): Promise<boolean> {
    const found = await this.getState(id);
    return found === (state === 'wait' ? 'waiting' : state);
  }

  async getJobData(id: string) {
    const job = this.queue.jobs.get(id);
    return Promise.resolve(job && jsonOf(job));
  }

  async getJobLogs(...[id, start, end, asc]: Arguments<'getJobLogs'>) {
    const logs = this.queue.jobs.get(id)?.logs ?? [];
    const ordered = asc ? logs : logs.toReversed();
    return Promise.resolve({ logs: range(ordered, start, end), count: logs.length });
  }

  async getCounts(types: JobType[]): Promise<number[]> {
    return Promise.resolve(types.map((type) => this.ofType(type).length));
  }

  async getRanges(...[types, start = 0, end = -1, asc = false]: Arguments<'getRanges'>) {
    const lists = types.map((type) => {
      const ids = this.ofType(type).map(({ id }) => id);
      return range(asc ? ids : ids.toReversed(), start, end);
    });
    // BullMQ's type is of one list with one id.
    return Promise.resolve(lists as [string][]);
  }

  private ofType(type: JobType): MemoryJob[] {
    const wanted = type === 'wait' ? 'waiting' : type;
    const found = [...this.queue.jobs.values()].filter((job) => stateOf(job) === wanted);
    const byEnd = (a: MemoryJob, b: MemoryJob) => (a.finishedOn ?? 0) - (b.finishedOn ?? 0);
    return found.sort((a, b) => (hasEnded(a) ? byEnd(a, b) : a.place - b.place));
  }

  async cleanJobsByState(
    ...[state, timestamp, limit = 0]: Arguments<'cleanJobsByState'>
  ): Promise<string[]> {
    const old = this.ofType(state as JobType).filter((job) => (job.finishedOn ?? 0) < timestamp);
    const ids = (limit > 0 ? old.slice(0, limit) : old).map(({ id }) => id);
    for (const id of ids) this.queue.jobs.delete(id);
    return Promise.resolve(ids);
  }

  async getDependencyCounts(...[id, types]: Arguments<'getDependencyCounts'>): Promise<number[]> {
    const kinds = this.childrenOf(id).map(([, { kind }]) => kind);
    return Promise.resolve(
      types.map((type) => kinds.filter((kind) => kind === (KINDS[type] ?? type)).length),
    );
  }

  /** Of all children: in memory there is no need for pages. */
  async getDependencies(id: string) {
    const keys = (kind: string) =>
      this.childrenOf(id).flatMap(([key, end]) => (end.kind === kind ? [key] : []));
    return Promise.resolve({
      processed: this.valuesOf(id, 'processed'),
      ignored: this.valuesOf(id, 'ignored') as Record<string, string>,
      unprocessed: keys('open'),
      failed: keys('failed'),
    });
  }

  async getProcessedChildrenValues(id: string): Promise<Record<string, string>> {
    const values = Object.entries(this.valuesOf(id, 'processed'));
    return Promise.resolve(
      Object.fromEntries(values.map(([key, value]) => [key, JSON.stringify(value)])),
    );
  }

  async getIgnoredChildrenFailures(id: string): Promise<Record<string, string>> {
    return Promise.resolve(this.valuesOf(id, 'ignored') as Record<string, string>);
  }

  private childrenOf(id: string) {
    return [...(this.queue.jobs.get(id)?.children ?? [])];
  }

  private valuesOf(id: string, kind: 'processed' | 'ignored'): Record<string, unknown> {
    return Object.fromEntries(
      this.childrenOf(id).flatMap(([key, end]) =>
        end.kind === kind && 'value' in end ? [[key, end.value] as const] : [],
      ),
    );
  }

  async setQueueMeta(values: Record<string, string | number>): Promise<number> {
    for (const [field, value] of Object.entries(values)) this.queue.meta.set(field, String(value));
    return Promise.resolve(Object.keys(values).length);
  }

  async getQueueMeta(): Promise<Record<string, string>> {
    return Promise.resolve(Object.fromEntries(this.queue.meta));
  }

  async getQueueMetaField(field: string): Promise<string | null> {
    return Promise.resolve(this.queue.meta.get(field) ?? null);
  }

  async getQueueMetaFields(fields: string[]): Promise<(string | null)[]> {
    return Promise.all(fields.map((field) => this.getQueueMetaField(field)));
  }

  async removeQueueMetaFields(fields: string[]): Promise<number> {
    return Promise.resolve(fields.filter((field) => this.queue.meta.delete(field)).length);
  }

  async hasQueueMetaField(field: string): Promise<boolean> {
    return Promise.resolve(this.queue.meta.has(field));
  }

  getRateLimitTtl = () => Promise.resolve(0);

  /** Of a test there is no backlog of events to trim. */
  trimEvents = () => Promise.resolve(0);

  async readEvents(id: string): ReturnType<IQueueBackend['readEvents']> {
    for (;;) {
      const events = this.queue.events.after(id);
      if (this.isEnded) return null;
      if (events.length > 0) return [['events', events]];
      await this.queue.events.arrived.next();
    }
  }

  protected interruptReads(): void {
    this.isEnded = true;
    this.queue.events.arrived.ring();
  }
}

/** BullMQ's names for how children have ended. */
const KINDS: Readonly<Record<string, string>> = { unprocessed: 'open' };

function stateOf({ state, priority }: MemoryJob): JobState {
  return state === 'waiting' && priority > 0 ? 'prioritized' : state;
}

/** Both ends count; -1 is the last one. */
function range<Item>(items: readonly Item[], start: number, end: number): Item[] {
  return items.slice(start, end === -1 ? undefined : end + 1);
}
