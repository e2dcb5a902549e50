import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { exitWithReason, loadConfig } from '@libs/config';
import { ExitCode, Readiness, stopOnSignal } from '@libs/health';
import { shutdownLimit } from '@libs/queue';
import { WorkersService } from '@libs/queue/consumer';
import { workerConfig, type WorkerConfig } from './config';
import { createWorker } from './create-worker';
import { processors } from './processors.generated';

/** Beside this file when both are built; its source is sandbox.ts. */
const SANDBOX = new URL('./sandbox.js', import.meta.url);

async function main(config: WorkerConfig): Promise<void> {
  const starting = createWorker(config, processors, SANDBOX, (readiness) => {
    // Before the first job is fetched. A worker that is told to stop meanwhile starts, and stops then.
    stopOnSignal({
      readiness,
      limit: shutdownLimit(config.SHUTDOWN_DEADLINE, { runsJobs: true }),
      stop: async () => {
        const worker = await starting;
        const workers = worker.get(WorkersService, { strict: false });
        await worker.close();
        return workers.hadUnfinishedJobs ? ExitCode.unfinished : ExitCode.finished;
      },
    });
  });
  const worker = await starting;
  worker.get(Readiness).markReady();
  new Logger('Worker').log('Ready.');
}

try {
  await main(loadConfig(workerConfig));
} catch (error) {
  exitWithReason(error);
}
