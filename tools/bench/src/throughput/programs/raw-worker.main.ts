import { createPostgresBackend, Queue, Worker, withBackend } from 'bullmq';
import { DATA, inParallel, isRedis, readSettings, runProgram, Stopwatch } from './program';
import { insertRow, openRowDatabase } from './row-database';

/* BullMQ alone. Without an argument it runs jobs; with `add` or `row, then job` it adds them. */

const settings = readSettings();
const watch = new Stopwatch(settings.jobs);
const { concurrency } = settings;

/** Without a schema and without Nest: the least that a worker does for a job. */
const run = (job: { data: { to: string } }) => Promise.resolve({ messageId: job.data.to });

function runJobs(): void {
  const worker = isRedis(settings)
    ? new Worker(settings.queue, run, {
        connection: { url: settings.queueUrl, maxRetriesPerRequest: null },
        concurrency,
      })
    : new (withBackend(createPostgresBackend).Worker)(settings.queue, run, {
        // By default, at most ten connections.
        connection: settings.queueUrl,
        concurrency,
      });
  worker.on('error', (error: Error) => {
    console.error(error);
  });
  worker.on('completed', () => {
    if (!watch.end()) return;
    watch.report();
    void worker.close();
  });
}

async function addJobs(withRow: boolean): Promise<void> {
  const { queue: name, databaseUrl, queueUrl } = settings;
  const queue = isRedis(settings)
    ? new Queue(name, { connection: { url: queueUrl } })
    : (new (withBackend(createPostgresBackend).Queue)(name, {
        connection: queueUrl,
      }) as unknown as Queue);
  // The row is written as beside a job of this runtime: what differs is how the job is added.
  const database = withRow ? await openRowDatabase(databaseUrl) : undefined;
  await inParallel(settings, async () => {
    await database?.transaction(insertRow);
    await queue.add(name, DATA);
  });
  await queue.close();
  await database?.destroy();
}

const [way] = process.argv.slice(2);
if (way === undefined) runJobs();
else runProgram(() => addJobs(way === 'row, then job'));
