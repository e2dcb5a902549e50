import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { exitWithReason, loadConfig } from '@libs/config';
import { Readiness, stopOnSignal } from '@libs/health';
import { workerConfig, type WorkerConfig } from './config';
import { createWorker } from './create-worker';
import { processors } from './processors.generated';

/** How long closing everything may take, in milliseconds, after the running jobs have ended. */
const CLOSING = 5_000;

async function main(config: WorkerConfig): Promise<void> {
  const worker = await createWorker(config, processors);
  const readiness = worker.get(Readiness);
  stopOnSignal({
    readiness,
    limit: config.SHUTDOWN_DEADLINE + CLOSING,
    stop: () => worker.close(),
  });
  readiness.markReady();
  new Logger('Worker').log('Ready.');
}

try {
  await main(loadConfig(workerConfig));
} catch (error) {
  exitWithReason(error);
}
