import { Logger } from '@nestjs/common';
import { UnrecoverableError } from 'bullmq';
import { isUserFacing } from '../errors/queue.error';
import { reasonOf, textOf } from '../text/reason-of';
import { Throttle } from '../timing/throttle';
import type {
  AttemptFailed,
  ErrorReported,
  JobCancelled,
  JobCompleted,
  JobsRequeued,
  JobRunsAlone,
  LoopBlocked,
  ObservedJob,
  OutboxFailing,
  OutboxLate,
  OutboxRefused,
  ProcessCrashed,
  QueueOperated,
  QueueObserver,
  SandboxLost,
  SandboxReady,
  SandboxRefused,
  ScheduleSkipped,
  SchedulesChanged,
  SchedulesOnStandby,
  StoreBack,
  StoreLost,
} from './queue-observer';

/** In milliseconds: how long further blocks of the event loop by the same processors are not logged. */
const QUIET_LOOP = 60_000;

/** In milliseconds: an error repeated within this time is counted, not logged again. */
const QUIET_ERROR = 30_000;

/** The maximum number of jobs that a line names. */
const NAMED = 10;

/** Writes to Nest's logger: permanent failures as errors, retries as warnings. */
export class LogObserver implements QueueObserver {
  private readonly loggers = new Map<string, Logger>();
  private readonly blockedLoops = new Throttle(QUIET_LOOP);
  private readonly errors = new Throttle(QUIET_ERROR);

  jobCompleted({ queue, id, attempt, duration }: JobCompleted): void {
    this.logger(queue).log(`Job ${id} completed (${duration} ms, attempt ${attempt}).`);
  }

  attemptFailed({ queue, id, attempt, maxAttempts, error, retryIn }: AttemptFailed): void {
    const attempts = `attempt ${attempt} of ${maxAttempts}`;
    if (retryIn !== undefined) {
      const when = retryIn > 0 ? `in ${seconds(retryIn)} s` : 'at once';
      this.logger(queue).warn(
        `Job ${id} failed and will be retried ${when} (${attempts}): ${error.message}`,
      );
      return;
    }
    const hasStackFrames = /^ +at /m.test(error.stack ?? '');
    // The data or the result is invalid; a stack would show no useful line of code.
    const stack =
      hasStackFrames && !(error instanceof UnrecoverableError) ? error.stack : undefined;
    this.logger(queue).error(`Job ${id} failed permanently (${attempts}): ${error.message}`, stack);
  }

  jobCancelled({ queue, id, reason, wasRunning }: JobCancelled): void {
    const when = wasRunning ? ' while it ran' : '';
    this.logger(queue).log(`Job ${id} was cancelled${when}: ${reason}`);
  }

  jobStalled({ queue, id }: ObservedJob): void {
    this.logger(queue).warn(`Job ${id} lost its worker and will run again.`);
  }

  jobsRequeued({ jobs }: JobsRequeued): void {
    this.logger('Workers').warn(`Requeued for another worker: ${list(jobs, Infinity)}.`);
  }

  loopBlocked({ duration, jobs }: LoopBlocked): void {
    const queues = [...new Set(jobs.map(({ queue }) => queue))].sort();
    const heldBack = this.blockedLoops.pass(queues.join(), duration);
    if (heldBack === undefined) return;
    const repeats =
      heldBack.count > 0
        ? ` Since the last report it was blocked ${heldBack.count} more times, for up to ${Math.round(heldBack.largest)} ms.`
        : '';
    this.logger('EventLoop').warn(
      `The event loop was blocked for ${Math.round(duration)} ms while ${list(jobs, NAMED)} ran: no other ` +
        `job made progress, no lock was renewed, no health check was answered.${repeats} ${adviceFor(queues)}`,
    );
  }

  processCrashed({ reason, error, blame, jobs }: ProcessCrashed): void {
    this.logger('Workers').error(describeCrash(blame, list(jobs, NAMED), reason), error.stack);
  }

  jobRunsAlone({ queue, id, losses, longest }: JobRunsAlone): void {
    this.logger(queue).warn(
      `Job ${id} has lost its worker ${losses} times, and may be what ends it: it runs alone, other jobs of this ` +
        `process wait for up to ${seconds(longest)} s.`,
    );
  }

  storeLost({ error }: StoreLost): void {
    const until = textOf(error, 'code') === 'QUEUE_ACCESS' ? 'that is changed' : 'it answers';
    this.logger('QueueStore').warn(`${error.message} Retrying until ${until}.`);
  }

  storeBack({ store }: StoreBack): void {
    this.logger('QueueStore').log(`The queue store ${store} is back.`);
  }

  sandboxReady({ processor, sandbox, duration }: SandboxReady): void {
    this.logger(processor).log(`Sandbox ${sandbox} is ready (${Math.round(duration)} ms).`);
  }

  sandboxLost({ processor, sandbox, reason }: SandboxLost): void {
    this.logger(processor).warn(
      reason === 'ended while idle'
        ? `Sandbox ${sandbox} ended while idle.`
        : `Sandbox ${sandbox} did not exit in time and was killed.`,
    );
  }

  sandboxRefused({ processor, error: { message, cause } }: SandboxRefused): void {
    const needsStack = cause instanceof Error && !isUserFacing(cause);
    this.logger(processor).error(message, needsStack ? cause.stack : undefined);
  }

  outboxFailing({ error }: OutboxFailing): void {
    this.logger('OutboxRelay').warn(
      `Publishing from the outbox is failing: ${reasonOf(error)} Retrying.`,
    );
  }

  outboxBack(): void {
    this.logger('OutboxRelay').log('Publishing from the outbox works again.');
  }

  outboxRefused({ queue, id, row, attempts, reason }: OutboxRefused): void {
    // Logs the 1st, 2nd, 4th, 8th, … time.
    if (!Number.isInteger(Math.log2(attempts))) return;
    this.logger('OutboxRelay').error(
      `The queue "${queue}" refused job ${id} of the outbox (row ${row}, attempt ${attempts}): ` +
        `${reason}. The job is kept and retried; other jobs are not held up.`,
    );
  }

  outboxLate({ age }: OutboxLate): void {
    this.logger('OutboxRelay').warn(
      `The oldest job in the outbox has been waiting for ${Math.round(age / 1_000)} s to be published.`,
    );
  }

  outboxCaughtUp(): void {
    this.logger('OutboxRelay').log('The outbox has caught up.');
  }

  queueOperated({ queue, action, by, removed = 0, concurrency }: QueueOperated): void {
    const who = by === undefined ? '' : ` by ${by}`;
    const limit = concurrency === undefined ? 'no limit' : `${concurrency} at a time`;
    const done = {
      pause: `Paused${who}: running jobs finish, and no worker starts another one.`,
      resume: `Resumed${who}.`,
      drain: `Drained${who}: ${removed} ${removed === 1 ? 'job was' : 'jobs were'} removed.`,
      concurrency: `Concurrency of all processes set${who}: ${limit}.`,
    };
    this.logger(queue).warn(done[action]);
  }

  schedulesChanged({ queue, added, changed, removed }: SchedulesChanged): void {
    const parts = Object.entries({ added, changed, removed })
      .filter(([, names]) => names.length > 0)
      .map(([what, names]) => `${what} ${names.join(', ')}`);
    if (parts.length > 0) this.logger(queue).log(`Schedules: ${parts.join('; ')}.`);
  }

  schedulesOnStandby({ queue, since }: SchedulesOnStandby): void {
    this.logger(queue).warn(
      `The schedules of this worker have no effect: another build of it has replaced them at ${since.toISOString()}. ` +
        'They take effect when no worker of that build has been there for a minute.',
    );
  }

  scheduleSkipped({ queue, schedule, at, reason }: ScheduleSkipped): void {
    const reasons = {
      overlap: 'an earlier run has not ended',
      missed: 'no worker was there at that time',
      duplicate: 'an unfinished job has the same deduplication key',
    };
    this.logger(queue).warn(
      `The schedule "${schedule}" has no run for ${at.toISOString()}: ${reasons[reason]}.`,
    );
  }

  errorReported({ error, explanation }: ErrorReported): void {
    const heldBack = this.errors.pass(error.message);
    if (heldBack === undefined) return;
    const repeats = heldBack.count > 0 ? ` (${heldBack.count} more since the last report)` : '';
    const stack = explanation === undefined ? error.stack : undefined;
    this.logger('Queue').error(`${explanation ?? error.message}${repeats}`, stack);
  }

  private logger(context: string): Logger {
    const logger = this.loggers.get(context) ?? new Logger(context);
    this.loggers.set(context, logger);
    return logger;
  }
}

function list(jobs: readonly ObservedJob[], longest: number): string {
  const names = jobs.slice(0, longest).map(({ queue, id }) => `${queue} ${id}`);
  const more = jobs.length > longest ? ` and ${jobs.length - longest} more` : '';
  return names.join(', ') + more;
}

function adviceFor(queues: readonly string[]): string {
  const cause =
    queues.length === 1
      ? `Run the processor of "${queues[0] ?? ''}"`
      : 'Find the CPU-bound one of these processors, and run it';
  return `${cause} outside this event loop: set isolation: 'process' in its @JobProcessor.`;
}

function describeCrash(blame: ProcessCrashed['blame'], jobs: string, reason: string): string {
  switch (blame) {
    case 'culprit':
      return `Job ${jobs} ends this process: ${reason}.`;
    case 'leftover':
      return `Job ${jobs}, which had ended, ends this process with code that it left running: ${reason}.`;
    case 'suspects':
      return (
        `One of these jobs ends this process, it is unknown which: ${jobs}. They run again when their lock has ` +
        `expired: ${reason}.`
      );
    case 'none':
      return `This process ends, while no job ran in it: ${reason}.`;
  }
}

/** Formats milliseconds as seconds, with one digit. */
function seconds(time: number): string {
  return String(Math.round(time / 100) / 10);
}
