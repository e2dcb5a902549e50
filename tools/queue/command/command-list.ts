/** A command of a worker that works with its queues. */
export interface WorkerCommand {
  /** Its name, and that of its executor. */
  readonly name: string;
  /** The function that the runtime exports for it. */
  readonly run: string;
}

/** Every command of a worker that works with its queues. */
export const WORKER_COMMANDS = [
  { name: 'enqueue', run: 'runEnqueue' },
  { name: 'dead', run: 'runDead' },
  { name: 'queues', run: 'runQueues' },
  { name: 'schedules', run: 'runSchedules' },
  { name: 'cancel', run: 'runCancel' },
  { name: 'pause', run: 'runPause' },
  { name: 'resume', run: 'runResume' },
  { name: 'drain', run: 'runDrain' },
  { name: 'move', run: 'runMove' },
  { name: 'concurrency', run: 'runConcurrency' },
  { name: 'migrate', run: 'runMigrate' },
] as const satisfies readonly WorkerCommand[];

export type WorkerCommandName = (typeof WORKER_COMMANDS)[number]['name'];
