import { Inject, Injectable } from '@nestjs/common';
import type { AttemptMark } from '../attempt/attempt-scope';
import { runsAlone, SOLO_LIMITS } from '../attempt/solo-gate';
import type { QueueWorker } from '../bullmq/consume/queue-worker';
import type { JobContract } from '../contract/job-contract';
import { SandboxedHost } from '../isolation/parent/sandboxed-host';
import { QUEUE_OBSERVER } from '../observe/observers';
import type { AnyObserver, ObservedJob, ProcessCrashed } from '../observe/queue-observer';
import type { JobHost } from '../processor/job-host';
import { type Crash, processCrashes } from '../attempt/process-crashes';

type Host = JobHost<JobContract>;
type Verdict = Pick<ProcessCrashed, 'blame'> & { readonly marks: readonly AttemptMark[] };

/**
 * Saves the jobs of a worker whose process ends by itself:
 *
 *     the job that did it ──▶ failed with its error; permanently the second time
 *     one of several      ──▶ left alone, with a line in their logs: they stall, which is counted
 *     all others          ──▶ requeued, and no attempt is used up
 */
@Injectable()
export class CrashRecovery {
  private hosts: readonly Host[] = [];
  private workers: readonly QueueWorker[] = [];
  private unwatch = (): void => undefined;

  constructor(
    @Inject(QUEUE_OBSERVER)
    private readonly observer: Pick<
      AnyObserver,
      'processCrashed' | 'jobRunsAlone' | 'jobsRequeued'
    >,
  ) {}

  start(hosts: readonly Host[], workers: readonly QueueWorker[]): void {
    this.hosts = hosts;
    this.workers = workers;
    for (const host of hosts) if (!(host instanceof SandboxedHost)) this.announceSolos(host);
    this.unwatch = processCrashes.watch((crash) => this.recover(crash));
  }

  stop(): void {
    this.unwatch();
  }

  private async recover(crash: Crash): Promise<void> {
    const { blame, marks } = this.judge(crash.attempt);
    const jobs = marks.map(({ queue, id }) => ({ queue, id }));
    this.observer.processCrashed({ reason: crash.reason, error: crash.error, blame, jobs });
    for (const { runningJobs } of this.hosts) runningJobs.stop();
    const halted = Promise.all(this.workers.map((worker) => worker.halt()));
    const blamed = blame === 'culprit' || blame === 'suspects' ? marks : [];
    await Promise.all(
      this.hosts.flatMap((host) => [
        ...blamed.map((mark) =>
          blame === 'culprit' ? this.fail(host, mark, crash) : this.note(host, mark, crash, jobs),
        ),
        host.runningJobs.requeueAll(blamed),
      ]),
    );
    // Those that were being fetched meanwhile.
    await halted;
    await Promise.all(this.hosts.map(({ runningJobs }) => runningJobs.requeueAll(blamed)));
    const requeued = this.hosts.flatMap(({ runningJobs }) => runningJobs.requeuedJobs);
    if (requeued.length === 0) return;
    this.observer.jobsRequeued({
      jobs: requeued.map(({ queueName, id = '' }) => ({ queue: queueName, id })),
    });
  }

  private announceSolos({ worker }: Host): void {
    const { quiet, alone } = SOLO_LIMITS;
    worker.on('active', (job) => {
      if (!runsAlone(job)) return;
      const { queueName: queue, id = '', stalledCounter: losses } = job;
      this.observer.jobRunsAlone({ queue, id, losses, longest: quiet + alone });
    });
  }

  private async fail(
    { runningJobs, worker }: Host,
    mark: AttemptMark,
    crash: Crash,
  ): Promise<void> {
    const failed = await runningJobs.failOne(mark, crash);
    // As if the worker itself had failed the job: it is logged and observed like any other failed attempt.
    if (failed !== undefined) worker.emit('failed', failed.job, failed.error, 'active');
  }

  private note(
    { runningJobs }: Host,
    mark: AttemptMark,
    { reason }: Crash,
    suspects: readonly ObservedJob[],
  ): Promise<void> {
    const others = suspects.filter(({ queue, id }) => queue !== mark.queue || id !== mark.id);
    const names = others.map(({ queue, id }) => `${queue} ${id}`).join(', ');
    const line =
      `${new Date().toISOString()}, its worker's process ended while it ran: ${reason}. ` +
      `Which job did it is unknown; these ran too: ${names}.`;
    return runningJobs.logToOne(mark, line);
  }

  /** Without a mark, any job may have done it whose handler runs in this process. */
  private judge(attempt: AttemptMark | undefined): Verdict {
    if (attempt !== undefined) {
      return { blame: attempt.state === 'ended' ? 'leftover' : 'culprit', marks: [attempt] };
    }
    const marks = this.hosts
      .filter((host) => !(host instanceof SandboxedHost))
      .flatMap(({ runningJobs }) => runningJobs.marks)
      .filter(({ state }) => state === 'running');
    const [only] = marks;
    if (only === undefined) return { blame: 'none', marks };
    return { blame: marks.length === 1 ? 'culprit' : 'suspects', marks };
  }
}
