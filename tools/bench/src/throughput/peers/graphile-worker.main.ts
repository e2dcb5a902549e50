import { EventEmitter } from 'node:events';
import {
  DATA,
  inParallel,
  POOL_MAX,
  readSettings,
  runProgram,
  Stopwatch,
} from '../programs/program';

/** The part of graphile-worker that is used. It is not a package of this workspace. */
interface GraphileWorker {
  makeWorkerUtils(options: object): Promise<{
    migrate(): Promise<void>;
    addJob(task: string, data: object): Promise<unknown>;
    withPgClient(
      use: (client: {
        query(sql: string, values: unknown[]): Promise<unknown>;
      }) => Promise<unknown>,
    ): Promise<void>;
    release(): Promise<void>;
  }>;
  run(options: object): Promise<{ stop(): Promise<void> }>;
  Logger: new (factory: () => () => void) => object;
}

/** Not a literal, because the compiler cannot resolve it: the benchmark installs it at run time. */
const PACKAGE: string = 'graphile-worker';

const TASK = 'measured';

/**
 * What its page on performance recommends: jobs are locked ahead of the workers, and their ends are written together,
 * after their workers went on. A process that is killed then runs those jobs again, and jobs that it holds wait for hours.
 */
const BEST = { worker: { localQueue: { size: 200 }, completeJobBatchDelay: 0 } };

/**
 * Adds jobs; or adds jobs, then runs them: without a preset, as at the beginning of its documentation, or with the
 * argument `best` as fast as it can.
 */
async function main(): Promise<void> {
  const settings = readSettings();
  const graphile = (await import(PACKAGE)) as GraphileWorker;
  const options = {
    connectionString: settings.databaseUrl,
    maxPoolSize: POOL_MAX,
    ...(process.argv[3] === 'best' && { preset: BEST }),
    logger: new graphile.Logger(() => () => undefined),
  };
  const utils = await graphile.makeWorkerUtils(options);
  await utils.migrate();
  if (process.argv[2] === 'add') {
    await inParallel(settings, () => utils.addJob(TASK, DATA));
  } else {
    await utils.withPgClient((client) =>
      client.query(
        'select graphile_worker.add_job($1, $2::json) from generate_series(1, $3::int)',
        [TASK, JSON.stringify(DATA), settings.jobs],
      ),
    );
    const watch = new Stopwatch(settings.jobs);
    const events = new EventEmitter();
    const done = new Promise<void>((resolve) => {
      events.on('job:success', () => {
        if (watch.end()) resolve();
      });
    });
    const { concurrency } = settings;
    const taskList = { [TASK]: () => Promise.resolve() };
    const runner = await graphile.run({
      ...options,
      events,
      concurrency,
      taskList,
      noHandleSignals: true,
    });
    await done;
    watch.report();
    await runner.stop();
  }
  await utils.withPgClient((client) => client.query('drop schema graphile_worker cascade', []));
  await utils.release();
}

runProgram(main);
