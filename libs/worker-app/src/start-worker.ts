import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { correctTelemetryVariables, exitWithReason, ProcessLogger } from '@libs/config';
import {
  ExitCode,
  isStoppedStart,
  Readiness,
  stopOnSignal,
  warnOfProcessLimits,
} from '@libs/health';
import { logFields, shutdownLimit } from '@libs/queue';
import { WorkersService } from '@libs/queue/consumer';
import { loadWorkerConfig } from './config';
import { createWorker } from './create-worker';
import type { WorkerDefinition } from './worker-definition';

async function run(worker: WorkerDefinition, sandbox: URL): Promise<void> {
  const corrections = correctTelemetryVariables();
  const config = loadWorkerConfig(worker);
  Logger.overrideLogger(new ProcessLogger(worker.name, config, logFields));
  for (const correction of corrections) new Logger('Tracing').warn(correction);
  warnOfProcessLimits();
  const readiness = new Readiness();
  const starting = createWorker(worker, config, sandbox, readiness);
  stopOnSignal({
    readiness,
    starting,
    limit: shutdownLimit(config.SHUTDOWN_DEADLINE, { runsJobs: true }),
    stop: async () => {
      const application = await starting;
      const workers = application.get(WorkersService, { strict: false });
      await application.close();
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
 * Starts a worker, and stops it on a signal. An error ends the process with its reason.
 *
 * @param sandbox the built file that the sandboxes of isolated processors run
 */
export async function startWorker(worker: WorkerDefinition, sandbox: URL): Promise<void> {
  try {
    await run(worker, sandbox);
  } catch (error) {
    exitWithReason(error, worker.name);
  }
}
