import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthModule, Readiness } from '@libs/health';
import { QueueModule } from '@libs/queue';
import { JobHost, JobProcessor, QueueWorkerModule } from '@libs/queue/consumer';
import { onFetch } from '../../measure/fetch-times';
import { dueJob, type DueReport, QUEUE } from '../due-job';

/*
 * A worker of which many jobs become due at once. It prints `ready`, and a report at the end. Arguments: the URL of its
 * store, the number of jobs that it is to run.
 */

const [url = '', count = ''] = process.argv.slice(2);
const report: DueReport = { firstAt: 0, lastAt: 0, slowest: 0, notReady: 0, checks: 0, lines: [] };
let ran = 0;
let finish: () => void = () => undefined;
const finished = new Promise<void>((resolve) => {
  finish = resolve;
});

@JobProcessor(dueJob, { concurrency: 16 })
class DueProcessor extends JobHost<typeof dueJob> {
  handle() {
    report.firstAt ||= Date.now();
    report.lastAt = Date.now();
    ran += 1;
    if (ran === Number(count)) finish();
  }
}

@Module({
  imports: [
    HealthModule,
    QueueModule.forRoot({ url, applicationName: 'due' }),
    QueueWorkerModule.forProcessors([DueProcessor]),
  ],
})
class DueModule {}

async function main(): Promise<void> {
  onFetch((ms) => {
    report.slowest = Math.max(report.slowest, ms);
  });
  const write = (line: unknown) => void report.lines.push(String(line));
  const logger = { log: () => undefined, warn: write, error: write, fatal: write };
  const app = await NestFactory.createApplicationContext(DueModule, { logger });
  const readiness = app.get(Readiness);
  readiness.markReady();
  const checking = setInterval(() => {
    report.checks += 1;
    void readiness.report().then(({ ready }) => {
      if (!ready) report.notReady += 1;
    });
  }, 500);
  console.log(`ready for ${QUEUE}`);
  await finished;
  clearInterval(checking);
  console.log(JSON.stringify({ report }));
  await app.close();
}

void main();
