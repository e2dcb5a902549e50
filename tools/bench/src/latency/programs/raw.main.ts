import { createPostgresBackend, Worker, withBackend } from 'bullmq';
import { openQueue } from '../../measure/queues';
import {
  addAtRate,
  Latencies,
  type LatencySettings,
  runLatencyProgram,
  type Stamp,
} from './latency-program';

/* BullMQ alone. */

async function work({ queue, url, concurrency }: LatencySettings): Promise<void> {
  const latencies = new Latencies();
  const run = (job: { data: Stamp }) => {
    latencies.begin(job.data);
    return Promise.resolve();
  };
  const worker = url.startsWith('postgres')
    ? new (withBackend(createPostgresBackend).Worker)(queue, run, { connection: url, concurrency })
    : new Worker(queue, run, { connection: { url, maxRetriesPerRequest: null }, concurrency });
  worker.on('error', (error: Error) => {
    console.error(error);
  });
  await worker.waitUntilReady();
}

async function produce(settings: LatencySettings): Promise<void> {
  const queue = openQueue(settings.queue, settings.url);
  await queue.waitUntilReady();
  await addAtRate(settings, (stamp) => queue.add(settings.queue, stamp));
  await queue.close();
}

runLatencyProgram({ worker: work, producer: produce });
