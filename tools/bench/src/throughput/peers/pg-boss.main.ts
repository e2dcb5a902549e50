import {
  DATA,
  inParallel,
  POOL_MAX,
  type ProgramSettings,
  readSettings,
  runProgram,
  Stopwatch,
} from '../programs/program';

/** The part of pg-boss that is used. It is not a package of this workspace. */
interface PgBoss {
  on(event: 'error', listener: (error: Error) => void): void;
  start(): Promise<unknown>;
  createQueue(name: string): Promise<void>;
  send(name: string, data: object): Promise<unknown>;
  insert(name: string, jobs: object[]): Promise<unknown>;
  fetch(name: string, options: { batchSize: number }): Promise<{ id: string }[]>;
  complete(name: string, ids: string[]): Promise<unknown>;
  stop(options: object): Promise<void>;
}

/** Not a literal, because the compiler cannot resolve it: the benchmark installs it at run time. */
const PACKAGE: string = 'pg-boss';

/** Jobs that are fetched, and completed, by one statement. */
const BATCH = 200;

/**
 * Adds jobs; or adds jobs, then runs them: one by one, or with the argument `best` in batches, which end together. They
 * are fetched and completed by hand, because the workers of pg-boss poll at most twice a second, which says little about
 * its throughput.
 */
async function main(): Promise<void> {
  const settings = readSettings();
  const module = (await import(PACKAGE)) as { PgBoss: new (options: object) => PgBoss };
  const boss = new module.PgBoss({ connectionString: settings.databaseUrl, max: POOL_MAX });
  boss.on('error', (error) => {
    console.error(error);
  });
  await boss.start();
  const { queue } = settings;
  await boss.createQueue(queue);
  if (process.argv[2] === 'add') {
    await inParallel(settings, () => boss.send(queue, DATA));
  } else {
    await boss.insert(
      queue,
      Array.from({ length: settings.jobs }, () => ({ data: DATA })),
    );
    await run(boss, settings, process.argv[3] === 'best' ? BATCH : 1);
  }
  // The queue stays, because this version cannot delete one on Postgres 18. Each run has its own.
  await boss.stop({ graceful: false });
}

/** As many loops as jobs run at a time elsewhere, or one for all of them if they are taken in batches. */
async function run(boss: PgBoss, settings: ProgramSettings, batchSize: number): Promise<void> {
  const { queue, jobs, concurrency } = settings;
  const watch = new Stopwatch(jobs);
  let left = jobs;
  const loop = async () => {
    while (left > 0) {
      const batch = await boss.fetch(queue, { batchSize });
      if (batch.length === 0) return;
      left -= batch.length;
      await boss.complete(
        queue,
        batch.map(({ id }) => id),
      );
      for (let ended = 0; ended < batch.length; ended += 1) if (watch.end()) watch.report();
    }
  };
  const loops = batchSize === 1 ? concurrency : Math.min(concurrency, 4);
  await Promise.all(Array.from({ length: loops }, loop));
}

runProgram(main);
