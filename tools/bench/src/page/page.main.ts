/*
 * npx nx run bench:page
 *
 * What people who look at the page of queues cost: the jobs, the process that serves the page, and the store.
 *
 * Knobs     --store, --viewers, --queues, --jobs, --runs, --seconds, --output; --help describes each
 *
 * Output    a Markdown table; the same figures in a JSON file
 *
 * Compared  a worker that runs jobs which do nothing, while no browser looks at the page, one, and ten. The page is served
 *           by a process without workers, as by an api. A browser asks what the script of the page asks, as often, and
 *           draws nothing. Ratios are taken in each round. What the store is asked is counted by the store, without jobs.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrateQueueStore } from '@libs/queue';
import {
  choiceFlag,
  compilePrograms,
  countFlag,
  describeMachine,
  observeMachine,
  runExperiment,
  startPrivateServers,
  textFlag,
  WORKSPACE_ROOT,
  writeResult,
} from '@tools/experiment';
import { interleaved } from '../measure/interleaved';
import { measureProgram } from '../throughput/measure-program';
import { countCommands } from './count-commands';
import { PageServer } from './page-server';
import { pageTable, type Viewed, type ViewedRun } from './page-report';
import { Viewers } from './viewers';

const command = {
  target: 'bench:page',
  about: 'Measures what the page of queues costs while people look at it.',
  flags: {
    store: choiceFlag('where the queues are', ['both', 'postgres', 'redis']),
    viewers: textFlag('how many browsers look at the page, one or several numbers', '0,1,10'),
    queues: countFlag('queues of the page, of which one has jobs', 10),
    jobs: countFlag('jobs of a run on Postgres; runs on Redis have eight times as many', 6_000),
    runs: countFlag('counted runs; one more is not counted', 5),
    seconds: countFlag('how long the questions to an idle store are counted', 20),
    output: textFlag('the JSON file', 'dist/bench/page.json'),
  },
};

const QUEUE = 'viewed';
const REDIS_FACTOR = 8;

runExperiment(command, async (experiment, options) => {
  const servers = await startPrivateServers(
    experiment.scratch,
    options.store === 'postgres' ? {} : { redis: 'everysec' },
  );
  try {
    const databaseUrl = servers.postgres.url;
    await migrateQueueStore(databaseUrl);
    const { page, worker } = await compilePrograms(
      join(experiment.scratch, 'programs'),
      {
        page: 'tools/bench/src/page/programs/page-server.main.ts',
        worker: 'tools/bench/src/throughput/programs/job-host.main.ts',
      },
      WORKSPACE_ROOT,
    );
    const machine = observeMachine();
    const stores = [
      { store: 'Postgres', url: databaseUrl, jobs: options.jobs } as const,
      { store: 'Redis', url: servers.redis?.url ?? '', jobs: options.jobs * REDIS_FACTOR } as const,
    ].filter(({ store }) => options.store === 'both' || options.store === store.toLowerCase());
    const results: Viewed[] = [];
    for (const { store, url, jobs } of stores) {
      const others = Array.from({ length: options.queues - 1 }, (_, index) => `other-${index}`);
      const server = await PageServer.start(page, url, [QUEUE, ...others]);
      const look = async <Result>(count: number, meanwhile: () => Promise<Result>) => {
        experiment.throwIfStopped();
        const viewers = new Viewers(server.url, count, QUEUE);
        const [cpu, start] = [await server.cpu(), performance.now()];
        const result = await meanwhile();
        const seconds = (performance.now() - start) / 1_000;
        const pageCpu = ((await server.cpu()) - cpu) / seconds;
        await viewers.leave();
        return { result, pageCpu, seconds };
      };
      const counts = options.viewers.split(',').map(Number);
      experiment.progress(`${store}: jobs with ${options.viewers} viewers …`);
      const runs = await interleaved(counts, options.runs, async (count): Promise<ViewedRun> => {
        const { result, pageCpu } = await look(count, () =>
          measureProgram({
            ...{ store, what: QUEUE, file: worker, uses: 'runs', queue: QUEUE },
            settings: { databaseUrl, queueUrl: url, jobs, concurrency: 16 },
          }),
        );
        return { ...result, pageCpu };
      });
      for (const viewers of counts) {
        experiment.progress(`${store}: what is asked for ${viewers} viewers …`);
        const { result: asked, seconds } = await look(viewers, async () => {
          const before = await countCommands(url);
          await sleep(options.seconds * 1_000);
          return (await countCommands(url)) - before;
        });
        results.push({ store, viewers, runs: runs.get(viewers) ?? [], asked: asked / seconds });
      }
      server.stop();
    }
    console.log(pageTable(results));
    console.log(`\nMedians of ${options.runs} interleaved runs; the quartiles in brackets.`);
    console.log(describeMachine(machine()));
    await writeResult(options.output, `${JSON.stringify(results, undefined, 2)}\n`);
  } finally {
    await servers.close();
  }
});
