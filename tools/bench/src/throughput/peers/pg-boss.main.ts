import { DATA, inParallel, POOL_MAX, readSettings, runProgram } from '../programs/program';

/** What is used of pg-boss, which is not one of this workspace's packages. */
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

/** Not a literal: it is installed when the bench runs, and there is none to compile against. */
const PACKAGE: string = 'pg-boss';

/**
 * Adds jobs, or runs ones that it has added before. Each is fetched and completed by itself: the workers
 * of pg-boss look for jobs twice a second at most, which is no measure of what it can do.
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
      if (job === undefined) throw new Error('There is no job left, and there should be.');
      await boss.complete(queue, job.id);
    });
  }
  // The queue stays: this version cannot delete one on Postgres 18. Each run has its own.
  await boss.stop({ graceful: false });
}

runProgram(main);
