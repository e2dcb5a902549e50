import { ExperimentError, runCommand, WORKSPACE_ROOT } from '@tools/experiment';
import { fillQueue, openQueue } from '../measure/queues';
import { DATA, type KeptReport, type KeptSettings } from './kept-job';

/** Adds the jobs, and runs them by the compiled worker in `file`. */
export async function runWorker(file: string, settings: KeptSettings): Promise<KeptReport> {
  const queue = openQueue(settings.queue, settings.url);
  try {
    await fillQueue(queue, settings.jobs, DATA);
  } finally {
    await queue.close();
  }
  const { output } = await runCommand([process.execPath, file, JSON.stringify(settings)], {
    cwd: WORKSPACE_ROOT,
    env: { NODE_ENV: 'production' },
  });
  const line = output.split('\n').find((text) => text.startsWith('{"report"'));
  if (line === undefined) {
    throw new ExperimentError(`The worker has ended without a report. Its output:\n${output}`);
  }
  // Written by the program.
  return (JSON.parse(line) as { report: KeptReport }).report;
}
