import { DATA, inParallel, POOL_MAX, readSettings, runProgram } from '../programs/program';

/** The part of pg-boss that is used. It is not a package of this workspace. */
interface PgBoss {
  on(event: 'error', listener: (error: Error) => void): void;
  start(): Promise<unknown>;
  createQueue(name: string): Promise<void>;
  send(name: string, data: object): Promise<unknown>;
  insert(jobs: object[]): Promise<unknown>;
  fetch(name: string): Promise<{ id: string }[]>;
  complete(name: string, id: string): Promise<unknown>;
  stop(options: object): Promise<void>;
}

/** Not a literal, because the compiler cannot resolve it: the benchmark installs it at run time. */
const PACKAGE: string = 'pg-boss';

/**
 * Adds jobs; or adds jobs, then runs them. Jobs are fetched and completed one by one, because the workers of
 * pg-boss poll at most twice a second, which says little about its throughput.
 */
async function main(): Promise<void> {
  const settings = readSettings();
  const module = (await import(PACKAGE)) as { default: new (options: object) => PgBoss };
  const boss = new module.default({ connectionString: settings.databaseUrl, max: POOL_MAX });
  boss.on('error', (error) => {
    console.error(error);
  });
  await boss.start();
  const { queue } = settings;
  await boss.createQueue(queue);
  if (process.argv[2] === 'add') {
    await inParallel(settings, () => boss.send(queue, DATA));
  } else {
    await boss.insert(Array.from({ length: settings.jobs }, () => ({ name: queue, data: DATA })));
    await inParallel(settings, async () => {
      const [job] = await boss.fetch(queue);
      if (job === undefined) throw new Error('No job is left, although more were added.');
      await boss.complete(queue, job.id);
    });
  }
  // The queue stays, because this version cannot delete one on Postgres 18. Each run has its own.
  await boss.stop({ graceful: false });
}

runProgram(main);
