import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type DeadJob, DeadJobs, JobNotDeadError, QueueModule } from '@libs/queue';
import { chaosJob, PLANNED_DEATH } from '../chaos.job';
import { applicationName, CONNECT_TIMEOUT, readSettings, report } from '../child-settings';

/* Redrives the jobs that died as planned. Other dead jobs stay, for the proof to find. */

/** In milliseconds. */
const POLL_INTERVAL = 300;

const settings = readSettings();

@Module({
  imports: [
    QueueModule.forRoot({
      url: settings.queueUrl,
      applicationName: applicationName(settings),
      connectTimeout: CONNECT_TIMEOUT,
      poolMax: 2,
    }),
    QueueModule.forFeature(chaosJob),
  ],
})
class OperatorModule {}

async function main(): Promise<void> {
  // The controller has ended.
  process.on('disconnect', () => process.exit(1));
  const stopping = new AbortController();
  process.once('SIGTERM', () => {
    stopping.abort();
  });
  const app = await NestFactory.createApplicationContext(OperatorModule, {
    logger: ['error', 'fatal'],
    abortOnError: false,
  });
  report({ ready: true });
  while (!stopping.signal.aborted) {
    // Fails while the store is down; the next poll tries again.
    await redrive(app.get(DeadJobs)).catch(() => undefined);
    await sleep(POLL_INTERVAL, undefined, { signal: stopping.signal }).catch(() => undefined);
  }
  await app.close();
  process.removeAllListeners('disconnect');
  process.disconnect();
}

async function redrive(dead: DeadJobs): Promise<void> {
  const { jobs } = await dead.list({ limit: 1_000 });
  const planned = jobs.filter(({ failure }) => failure === PLANNED_DEATH);
  await Promise.all(planned.map((job) => redriveOne(dead, job)));
}

async function redriveOne(dead: DeadJobs, { queue, id }: DeadJob): Promise<void> {
  try {
    await dead.redrive(queue, id);
  } catch (error) {
    // Redriven already, by an operator that was killed before it knew.
    if (!(error instanceof JobNotDeadError)) throw error;
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
