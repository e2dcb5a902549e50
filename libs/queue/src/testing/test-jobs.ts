import { type DynamicModule, Module, type ModuleMetadata } from '@nestjs/common';
import type { TestingModuleBuilder } from '@nestjs/testing';
import type { JobContract, JobInput } from '../contract/job-contract';
import type { ChildrenOption } from '../contract/job-children';
import type { AddOptions } from '../contract/job-options';
import type { TransactionManager } from '../connection/transaction-manager';
import { MemoryQueueStore } from '../memory/memory-queue-store';
import { MemoryQueues } from '../memory/memory-queues';
import { createProducer, PRODUCER_PARTS, type ProducerParts } from '../module/create-producer';
import { QUEUE_MODULE_OPTIONS, type QueueModuleOptions } from '../options/queue-module-options';
import { defaultObserver, QUEUE_OBSERVER } from '../observe/observers';
import type { AttemptFailed, QueueObserver } from '../observe/queue-observer';
import { ApplicationOutbox } from '../outbox/application-outbox';
import type { JobProducer, JobReference, TransactionOptions } from '../producer/job-producer';
import { QueueStore } from '../store/queue-store';
import { addedJob, type AddedJob, contractNamed, endedJob, type EndedJob } from './added-job';
import { Drain } from './drain';
import { DrainFailedError, TestJobsError } from './drain.errors';
import { type DrainOptions, type DrainReport, endOf } from './drain-options';
import { noteAdded } from './recorded-jobs';
import { testClock } from './test-clock';

/** Of {@link MemoryQueueStore}, which connects to nothing. */
const OPTIONS: QueueModuleOptions = { url: 'memory:', blockedLoopThreshold: 'off' };

/** Makes the module of a test, with a store and observers of the test. */
export type Assemble = (
  options: QueueModuleOptions,
  open: () => QueueStore,
) => Pick<DynamicModule, 'imports' | 'providers'>;

/**
 * The queues of one test, in memory: a module to import, and what was added to them. Made by
 * `QueueModule.forTesting()`.
 *
 * Everything but the store is real. Jobs run in {@link drain} only, by the clock of the test.
 */
export class TestJobs implements DynamicModule {
  readonly module = TestJobsModule;
  readonly imports: ModuleMetadata['imports'];
  readonly providers: DynamicModule['providers'];
  readonly #queues = new MemoryQueues(testClock);
  readonly #store = new MemoryQueueStore(this.#queues, () => {
    testClock.release();
  });
  readonly #errors = new Map<string, Error[]>();
  #retries = 0;
  #parts: ProducerParts | undefined;
  readonly #observer: QueueObserver = {
    attemptFailed: (event) => {
      this.#noteFailure(event);
    },
  };

  /** @param imports what runs jobs in this test */
  constructor(assemble: Assemble, imports: NonNullable<ModuleMetadata['imports']> = []) {
    const options = { ...OPTIONS, observers: [this.#observer] };
    const assembled = assemble(options, () => this.#open());
    this.imports = [...(assembled.imports ?? []), ...imports];
    this.providers = [
      ...(assembled.providers ?? []),
      {
        provide: TestJobs,
        inject: [...PRODUCER_PARTS],
        useFactory: (...parts: ProducerParts) => {
          this.#parts = parts;
          return this;
        },
      },
    ];
  }

  /**
   * Puts the queues of this test in the place of those of an application that connects to a store itself, with
   * `QueueModule.forRoot`. Then do not import this as a module.
   *
   *     const builder = Test.createTestingModule({ imports: [AppModule] });
   *     const app = await jobs.override(builder).compile();
   */
  override(builder: TestingModuleBuilder): TestingModuleBuilder {
    const store = this.#open();
    return builder
      .overrideProvider(QueueStore)
      .useValue(store)
      .overrideProvider(ApplicationOutbox)
      .useValue(ApplicationOutbox.lazily(OPTIONS, store))
      .overrideProvider(QUEUE_OBSERVER)
      .useFactory({
        inject: [QUEUE_MODULE_OPTIONS],
        factory: ({ observers = [] }: QueueModuleOptions) =>
          defaultObserver([...observers, this.#observer]),
      });
  }

  /**
   * The jobs of a contract that were added, in that order: also those that have run. Those that were added in a
   * transaction count once it has committed.
   */
  added<Contract extends JobContract>(job: Contract): readonly AddedJob<Contract>[] {
    const found = this.#queues.added.filter(({ queue }) => queue === job.name);
    return noteAdded(
      found.map((each) => addedJob(job, each)),
      this.#queues,
    );
  }

  /** The jobs of a contract that have ended, in that order. */
  ended<Contract extends JobContract>(job: Contract): readonly EndedJob<Contract>[] {
    return this.#queues.ended
      .filter(({ queue }) => queue === job.name)
      .map((each) => endedJob(job, each, this.#errorsOf(each)));
  }

  /**
   * The producer of a contract.
   *
   * @throws TestJobsError before the module is compiled
   */
  producer<Contract extends JobContract>(job: Contract): JobProducer<Contract> {
    if (this.#parts === undefined) throw TestJobsError.notCompiled();
    return createProducer(job, ...this.#parts);
  }

  /** Adds a job, as the producer of its contract does. */
  add<Contract extends JobContract>(
    job: Contract,
    data: JobInput<Contract>,
    options?: AddOptions & TransactionOptions & ChildrenOption<Contract>,
  ): Promise<JobReference> {
    return this.producer(job).add(data, options);
  }

  /**
   * Runs the jobs that were added, and those that they add, until none is left that could run: retries and delays
   * included, for which the clock jumps. `Date` goes by that clock meanwhile.
   *
   * @throws DrainFailedError if a job fails permanently, unless `failures` is `report`.
   * @throws DrainStuckError if it cannot go on.
   * @throws InvalidOptionError if `until` makes no sense.
   */
  async drain(options: DrainOptions = {}): Promise<DrainReport> {
    requireRealTimers();
    const { until, failures = 'throw', hangsAfter, patience } = options;
    const begun = testClock.now();
    const end = until === undefined ? undefined : endOf(until, begun);
    const before = { ended: this.#queues.ended.length, retries: this.#retries };
    await new Drain(this.#store, { end, hangsAfter, patience }).run();
    const jobs = this.#queues.ended
      .slice(before.ended)
      .map((job) => endedJob(contractNamed(job.queue), job, this.#errorsOf(job)));
    const inState = (state: EndedJob['state']) => jobs.filter((job) => job.state === state);
    const failed = inState('failed');
    if (failed.length > 0 && failures === 'throw') throw new DrainFailedError(failed, jobs.length);
    return {
      completed: inState('completed').length,
      failed: failed.length,
      cancelled: inState('cancelled').length,
      retries: this.#retries - before.retries,
      jobs,
      left: this.#queues.unfinished,
      elapsed: testClock.now() - begun,
    };
  }

  /**
   * Runs a function with a transaction of no database: jobs that it adds with its `manager` are added when it returns,
   * and dropped when it throws. For code that takes a manager and uses it for jobs only; otherwise use a real one.
   */
  async transaction<Result>(
    run: (manager: TransactionManager) => Promise<Result>,
  ): Promise<Result> {
    const client = { query: (text: string) => Promise.resolve({ command: text }) };
    const queryRunner = {
      isTransactionActive: true,
      connect: () => Promise.resolve(client),
    };
    try {
      const result = await run({ queryRunner });
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      queryRunner.isTransactionActive = false;
    }
  }

  /** The time by the clock of the test. */
  get now(): Date {
    return new Date(testClock.now());
  }

  /** Forgets every job: those that were added, that wait and that have ended. For tests that share a module. */
  clear(): void {
    this.#queues.clear();
    this.#errors.clear();
  }

  #open(): MemoryQueueStore {
    testClock.use();
    return this.#store;
  }

  #noteFailure({ queue, id, error, retryIn }: AttemptFailed): void {
    const key = `${queue}:${id}`;
    this.#errors.set(key, [...(this.#errors.get(key) ?? []), error]);
    if (retryIn !== undefined) this.#retries += 1;
  }

  #errorsOf({ queue, id }: { queue: string; id: string }): readonly Error[] {
    return this.#errors.get(`${queue}:${id}`) ?? [];
  }
}

/** What Nest calls the module of a test. */
@Module({})
class TestJobsModule {}

function requireRealTimers(): void {
  const isFake = Reflect.has(setTimeout, 'clock') || Reflect.get(Date, 'isFake') === true;
  if (isFake) throw TestJobsError.fakeTimers();
}
