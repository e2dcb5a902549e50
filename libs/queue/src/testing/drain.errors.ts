import { QueueError } from '../errors/queue.error';
import type { EndedJob } from './added-job';

/** How many jobs a message names. */
const NAMED = 10;

/**
 * Jobs of a test without a store have failed permanently.
 *
 * To do: mend what the message names; its `cause` is the first error. If the test expects failures, pass
 * `{ failures: 'report' }` to `drain`.
 *
 * @group Testing
 */
export class DrainFailedError extends QueueError {
  readonly code = 'DRAIN_FAILED';

  constructor(
    /** Those that have failed. */
    readonly jobs: readonly EndedJob[],
    ended: number,
  ) {
    const list = jobs.slice(0, NAMED).map(describe);
    const more = jobs.length > NAMED ? [`- and ${jobs.length - NAMED} more`] : [];
    super(
      [
        `Of ${ended === 1 ? '1 job' : `${ended} jobs`} that ended, ${jobs.length} failed:`,
        ...list,
        ...more,
        "If the test expects that, pass { failures: 'report' } to drain, and look at what it returns.",
      ].join('\n'),
      { cause: jobs[0]?.errors.at(-1) },
    );
  }
}

function describe({ queue, id, attempts, failure = '' }: EndedJob): string {
  return `- ${queue} ${id}, after ${attempts === 1 ? '1 attempt' : `${attempts} attempts`}: ${failure}`;
}

/**
 * A drain of a test without a store cannot go on.
 *
 * To do: what the message says; most often a handler waits for something that does not happen in the test.
 *
 * @group Testing
 */
export class DrainStuckError extends QueueError {
  readonly code = 'DRAIN_STUCK';

  constructor(problem: string, remedy: string) {
    super(`The drain cannot go on: ${problem}. ${remedy}`);
  }

  static hanging(running: readonly string[], patience: number): DrainStuckError {
    return new DrainStuckError(
      `no job has moved for ${patience} ms of real time, and these run: ${running.join(', ')}`,
      'If they wait for their time limit, pass { hangsAfter: 20 }, and the clock jumps to it. ' +
        'If they need longer, pass a longer { patience }. A timer of a handler takes as long as it says.',
    );
  }

  static notFetched(queues: readonly string[]): DrainStuckError {
    return new DrainStuckError(
      `jobs of ${queues.join(', ')} are due, and their worker does not take them`,
      'Is it paused, or is the application closing?',
    );
  }

  static withoutWorkers(): DrainStuckError {
    return new DrainStuckError(
      'this test has no worker',
      'Pass the processors to QueueModule.forTesting({ processors: [...] }), or import ' +
        'QueueWorkerModule.forProcessors, and call init() on the compiled module before.',
    );
  }

  static withoutProcessor(waiting: readonly string[], missing: readonly string[]): DrainStuckError {
    return new DrainStuckError(
      `${waiting.join(', ')} waits for jobs of ${missing.join(', ')}, which no processor of this test runs`,
      'Add their processors to QueueModule.forTesting({ processors: [...] }).',
    );
  }
}

/**
 * A test without a store is used before its module is initialised, or together with fake timers of the test runner.
 *
 * To do: what the message says.
 *
 * @group Testing
 */
export class TestJobsError extends QueueError {
  readonly code = 'TEST_JOBS';

  static notCompiled(): TestJobsError {
    return new TestJobsError(
      'The module of QueueModule.forTesting() is not compiled yet. Import it in ' +
        'Test.createTestingModule({ imports: [jobs, ...] }), compile that and call init() first. ' +
        'With jobs.override(builder), take the producer from the application.',
    );
  }

  static fakeTimers(): TestJobsError {
    return new TestJobsError(
      'The test runner has put fake timers in the place of the real ones, and drain has a clock of its own. ' +
        'Call useRealTimers() first; drain({ until }) lets time pass.',
    );
  }
}
