import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type DeadJob, DeadJobs, JobNotDeadError, QueueModule } from '@libs/queue';
import { chaosJob, PLANNED_DEATH } from '../chaos.job';
import { flowJob, partJob } from '../flow.job';
import { slotJob } from '../slot.job';
import { applicationName, CONNECT_TIMEOUT, readSettings, report } from '../child-settings';

/*
 * Redrives the jobs that died as planned. Parents that have failed with such a child are redriven with it; or by
 * themselves, if an operator was killed in between. Other dead jobs stay, for the proof to find.
 */

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
    ...[chaosJob, slotJob, flowJob, partJob].map((job) => QueueModule.forFeature(job)),
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
  if (planned.length > 0) return;
  const cancelled = await dead.list({ queue: partJob.name, limit: 10_000, cancelled: true });
  const abandoned = new Set(cancelled.jobs.map(({ id }) => parentOfNeeded(id)));
  const forgotten = jobs.filter(({ queue, id }) => queue === flowJob.name && !abandoned.has(id));
  await Promise.all(forgotten.map((job) => redriveOne(dead, job)));
}

async function redriveOne(dead: DeadJobs, { queue, id }: DeadJob): Promise<void> {
  try {
    await dead.redrive(queue, id);
  } catch (error) {
    // Redriven already, by an operator that was killed before it knew.
    if (!(error instanceof JobNotDeadError)) throw error;
  }
}

/** The parent that fails with this child. */
function parentOfNeeded(id: string): string | undefined {
  return /^(.*)\.needed\.\d+$/.exec(id)?.[1];
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
