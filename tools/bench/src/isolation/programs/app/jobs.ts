import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DynamicModule } from '@nestjs/common';
import { QueueWorkerModule } from '@libs/queue/consumer';
import { processors } from './processors';

/** The part of a process that runs the jobs, or hands them to children. */
export function jobs(): Promise<DynamicModule> {
  // Compiled to CommonJS, where there is no `import.meta.url`.
  const sandbox = pathToFileURL(join(__dirname, 'sandbox.js'));
  return QueueWorkerModule.load(processors, { sandbox });
}
