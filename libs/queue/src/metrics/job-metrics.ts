import { Counter, Histogram, type Registry } from 'prom-client';
import type {
  AttemptFailed,
  AttemptStarted,
  JobCancelled,
  JobCompleted,
  JobsAdded,
  JobsRequeued,
  LoopBlocked,
  ObservedJob,
  OutboxRefused,
  QueueObserver,
} from '../observe/queue-observer';

/** In seconds. A queue that is not behind starts a job in milliseconds; one that is may take hours. */
const WAITING = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800, 3_600];

/** In seconds: from a job of one statement to one that should be several jobs. */
const RUNNING = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800];

/** How a job ended. */
const ENDS = ['completed', 'dead', 'cancelled'] as const;

/** How an attempt ended. */
const ATTEMPT_ENDS = ['completed', 'failed', 'cancelled'] as const;

/** Whether jobs of other queues ran as well while the event loop was blocked. */
const ATTRIBUTIONS = ['certain', 'possible'] as const;

/** What happens to jobs in this process, by queue. All of it comes from the events of {@link QueueObserver}. */
export class JobMetrics implements QueueObserver {
  private readonly added: Counter<'queue'>;
  private readonly finished: Counter<'queue' | 'outcome'>;
  private readonly retries: Counter<'queue'>;
  private readonly requeued: Counter<'queue'>;
  private readonly stalled: Counter<'queue'>;
  private readonly waiting: Histogram<'queue'>;
  private readonly running: Histogram<'queue' | 'outcome'>;
  private readonly blocked: Counter<'queue' | 'attribution'>;
  private readonly refusals: Counter<'queue'>;
  /** The queues that have all of their series. */
  private readonly known = new Set<string>();

  constructor(register: Registry) {
    const registers = [register];
    const labelNames = ['queue'] as const;
    const counter = (name: string, help: string) =>
      new Counter({ name, help, registers, labelNames });
    this.added = counter(
      'queue_jobs_added_total',
      'Jobs that this process has added, in transactions before their commit.',
    );
    this.finished = new Counter({
      name: 'queue_jobs_finished_total',
      help: 'Jobs that ended in this process: completed, dead (failed permanently) or cancelled.',
      labelNames: ['queue', 'outcome'],
      registers,
    });
    this.retries = counter(
      'queue_job_retries_total',
      'Attempts that failed and are followed by another one.',
    );
    this.requeued = counter(
      'queue_jobs_requeued_total',
      'Jobs that did not finish before their worker stopped, and were given back to their queue.',
    );
    this.stalled = counter(
      'queue_jobs_stalled_total',
      'Jobs whose worker has disappeared, as this process has noticed.',
    );
    this.waiting = new Histogram({
      name: 'queue_job_waiting_duration_seconds',
      help: 'From the time a job was due to the start of its first attempt.',
      buckets: WAITING,
      labelNames,
      registers,
    });
    this.running = new Histogram({
      name: 'queue_job_running_duration_seconds',
      help: 'From the start of an attempt to its end: completed, failed or cancelled.',
      buckets: RUNNING,
      labelNames: ['queue', 'outcome'],
      registers,
    });
    this.blocked = new Counter({
      name: 'queue_event_loop_blocked_seconds_total',
      help:
        'How long the event loop was blocked, 50 ms or longer at a time, while jobs of this queue ran. ' +
        'certain: no others did. possible: others did, and it is counted for each of their queues.',
      labelNames: ['queue', 'attribution'],
      registers,
    });
    this.refusals = counter(
      'queue_outbox_refusals_total',
      'How often a queue has refused a job of the outbox.',
    );
  }

  /** Creates the series of a queue, so that their first increase is seen as one. */
  know(queue: string): void {
    if (this.known.has(queue)) return;
    this.known.add(queue);
    for (const counter of [this.added, this.retries, this.requeued, this.stalled, this.refusals]) {
      counter.inc({ queue }, 0);
    }
    for (const outcome of ENDS) this.finished.inc({ queue, outcome }, 0);
    for (const outcome of ATTEMPT_ENDS) this.running.zero({ queue, outcome });
    this.waiting.zero({ queue });
    for (const attribution of ATTRIBUTIONS) this.blocked.inc({ queue, attribution }, 0);
  }

  readonly jobsAdded = ({ queue, ids }: JobsAdded): void => {
    this.know(queue);
    this.added.inc({ queue }, ids.length);
  };

  readonly attemptStarted = ({ queue, waited }: AttemptStarted): void => {
    this.know(queue);
    if (waited !== undefined) this.waiting.observe({ queue }, waited / 1_000);
  };

  readonly jobCompleted = ({ queue, duration }: JobCompleted): void => {
    this.finished.inc({ queue, outcome: 'completed' });
    this.ran(queue, 'completed', duration);
  };

  readonly attemptFailed = ({ queue, retryIn, duration }: AttemptFailed): void => {
    this.know(queue);
    if (retryIn === undefined) this.finished.inc({ queue, outcome: 'dead' });
    else this.retries.inc({ queue });
    this.ran(queue, 'failed', duration);
  };

  readonly jobCancelled = ({ queue, duration }: JobCancelled): void => {
    this.know(queue);
    this.finished.inc({ queue, outcome: 'cancelled' });
    this.ran(queue, 'cancelled', duration);
  };

  readonly jobsRequeued = ({ jobs }: JobsRequeued): void => {
    for (const { queue } of jobs) this.requeued.inc({ queue });
  };

  readonly jobStalled = ({ queue }: ObservedJob): void => {
    this.stalled.inc({ queue });
  };

  readonly loopDelayed = ({ duration, jobs }: LoopBlocked): void => {
    const queues = new Set(jobs.map(({ queue }) => queue));
    const attribution = queues.size === 1 ? 'certain' : 'possible';
    for (const queue of queues) this.blocked.inc({ queue, attribution }, duration / 1_000);
  };

  readonly outboxRefused = ({ queue }: OutboxRefused): void => {
    this.refusals.inc({ queue });
  };

  private ran(
    queue: string,
    outcome: (typeof ATTEMPT_ENDS)[number],
    duration: number | undefined,
  ): void {
    if (duration !== undefined) this.running.observe({ queue, outcome }, duration / 1_000);
  }
}
