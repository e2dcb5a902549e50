import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { exitWithReason, loadConfig, ProcessLogger } from '@libs/config';
import {
  ExitCode,
  isStoppedStart,
  Readiness,
  stopOnSignal,
  warnOfProcessLimits,
} from '@libs/health';
import { logFields, shutdownLimit } from '@libs/queue';
import { WorkersService } from '@libs/queue/consumer';
import { workerConfig, type WorkerConfig } from './config';
import { createWorker } from './create-worker';
import { processors } from './processors.generated';

async function run(config: WorkerConfig, sandbox: URL): Promise<void> {
  Logger.overrideLogger(new ProcessLogger('worker', config, logFields));
  warnOfProcessLimits();
  const readiness = new Readiness();
  const starting = createWorker(config, processors, sandbox, readiness);
  stopOnSignal({
    readiness,
    starting,
    limit: shutdownLimit(config.SHUTDOWN_DEADLINE, { runsJobs: true }),
    stop: async () => {
      const worker = await starting;
      const workers = worker.get(WorkersService, { strict: false });
      await worker.close();
      return workers.hadUnfinishedJobs ? ExitCode.unfinished : ExitCode.finished;
    },
  });
  try {
    await starting;
  } catch (error) {
    if (isStoppedStart(error, readiness)) return;
    throw error;
  }
  readiness.markReady();
  if (readiness.state === 'running') new Logger('Worker').log('Ready.');
}

/**
 * Starts the worker, and stops it on a signal.
 *
 * @param sandbox the sandbox file of isolated processors
 */
export async function start(sandbox: URL): Promise<void> {
  try {
    await run(loadConfig(workerConfig), sandbox);
  } catch (error) {
    exitWithReason(error, 'worker');
  }
}
