import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { exitWithReason, loadConfig } from '@libs/config';
import { ExitCode, Readiness, stopOnSignal } from '@libs/health';
import { WorkersService } from '@libs/queue/consumer';
import { workerConfig, type WorkerConfig } from './config';
import { createWorker } from './create-worker';
import { processors } from './processors.generated';

/** How long putting jobs back and closing everything may take, in milliseconds, after the deadline. */
const CLOSING = 10_000;

/** Beside this file when both are built; its source is sandbox.ts. */
const SANDBOX = new URL('./sandbox.js', import.meta.url);

async function main(config: WorkerConfig): Promise<void> {
  const worker = await createWorker(config, processors, SANDBOX);
  const readiness = worker.get(Readiness);
  stopOnSignal({
    readiness,
    limit: config.SHUTDOWN_DEADLINE + CLOSING,
    stop: async () => {
      const workers = worker.get(WorkersService, { strict: false });
      await worker.close();
      return workers.hadUnfinishedJobs ? ExitCode.unfinished : ExitCode.finished;
    },
  });
  readiness.markReady();
  new Logger('Worker').log('Ready.');
}

try {
  await main(loadConfig(workerConfig));
} catch (error) {
  exitWithReason(error);
}
