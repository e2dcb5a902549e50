export type HandlerEnd = 'returned' | 'threw' | 'aborted';

/** One attempt at a job, as its handler saw it. Times are of one clock, in milliseconds. */
export interface Started {
  readonly attempt: number;
  readonly at: number;
  endedAt: number;
  end: HandlerEnd | undefined;
}

/** A call that the test has made for a job. */
export interface Call<Answer> {
  readonly from: number;
  readonly to: number;
  readonly answer: Answer;
}

/** What happened to one job. */
export class JobStory {
  readonly starts: Started[] = [];
  readonly cancels: Call<string>[] = [];
  /** Redrives that may have been of this job, and whether they were surely of it. */
  readonly redrives: Call<boolean>[] = [];

  constructor(
    readonly queue: string,
    readonly id: string,
    /** When it was about to be added. */
    readonly addedAt: number,
    /** The job that waits for it, and whether that one fails with it. */
    readonly parent?: { readonly id: string; readonly isNeeded: boolean },
  ) {}
}

/** What handlers and the test have done, for the laws to judge. */
class Journal {
  readonly stories = new Map<string, JobStory>();
  /** From when to when each queue was surely paused. */
  readonly pauses = new Map<string, { from: number; to: number }[]>();
  /** What a handler has seen that must not be; each a sentence. */
  readonly breaches: string[] = [];

  clear(): void {
    this.stories.clear();
    this.pauses.clear();
    this.breaches.length = 0;
  }

  now(): number {
    return performance.now();
  }

  added(story: JobStory): void {
    this.stories.set(`${story.queue} ${story.id}`, story);
  }

  get(queue: string, id: string): JobStory | undefined {
    return this.stories.get(`${queue} ${id}`);
  }

  /** A handler begins before `add` has answered: the story is there in either case. */
  private readonly early = new Map<string, Started[]>();

  starts(queue: string, id: string, attempt: number): (end: HandlerEnd) => void {
    const started: Started = { attempt, at: this.now(), endedAt: Infinity, end: undefined };
    const key = `${queue} ${id}`;
    const list = this.stories.get(key)?.starts ?? this.early.get(key) ?? [];
    if (!this.stories.has(key)) this.early.set(key, list);
    list.push(started);
    return (end) => {
      started.end = end;
      started.endedAt = this.now();
    };
  }

  /** Attempts at jobs that are known by now, and were not when they began. */
  settleEarly(): void {
    for (const [key, starts] of this.early) {
      const story = this.stories.get(key);
      if (story === undefined) this.breaches.push(`${key} ran, and nothing has added it`);
      else story.starts.unshift(...starts);
    }
    this.early.clear();
  }
}

export const journal = new Journal();
