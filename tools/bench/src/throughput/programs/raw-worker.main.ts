import { createPostgresBackend, Worker, withBackend } from 'bullmq';
import { isRedis, readSettings, Stopwatch } from './program';

const settings = readSettings();
const watch = new Stopwatch(settings.jobs);
const { concurrency } = settings;

/** Without a schema and without Nest: the least that a worker does for a job. */
const run = (job: { data: { to: string } }) => Promise.resolve({ messageId: job.data.to });

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
