import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DynamicModule } from '@nestjs/common';
import { QueueWorkerModule } from '@libs/queue/consumer';
import { processors } from './processors';

/** Runs the jobs in this process, or in its sandboxes. */
export function jobs(): Promise<DynamicModule> {
  // Compiled to CommonJS, which has no `import.meta.url`.
  const sandbox = pathToFileURL(join(__dirname, 'sandbox.js'));
  return QueueWorkerModule.load(processors, { sandbox });
}
