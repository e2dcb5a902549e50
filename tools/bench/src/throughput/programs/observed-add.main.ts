import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { getJobProducerToken, type JobProducer, QueueModule } from '@libs/queue';
import { measuredJob } from './measured-job';
import { observe } from './observation';
import { DATA, inParallel, POOL_MAX, readSettings, runProgram } from './program';

/* Adds jobs with metrics, traces, both or neither. Argument: the kinds of observation. */

const settings = readSettings();
const job = measuredJob(settings.queue);

runProgram(async () => {
  const { options, modules } = observe(process.argv[2] ?? '');
  const imports = [
    QueueModule.forRoot({
      ...options,
      url: settings.queueUrl,
      poolMax: POOL_MAX,
      applicationName: 'throughput',
    }),
    QueueModule.forFeature(job),
    ...modules,
  ];
  const module = class ObservedModule extends Object {};
  const app = await NestFactory.createApplicationContext(
    { module, imports },
    { logger: ['error', 'warn'] },
  );
  const producer = app.get<JobProducer<typeof job>>(getJobProducerToken(job), { strict: false });
  await inParallel(settings, () => producer.add(DATA));
  await app.close();
});
