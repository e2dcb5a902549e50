import type { WorkerDefinition } from '@libs/worker-app/worker-definition';
import { processors } from './processors.generated';

/** This worker. Its targets are derived from the port that stands here. */
export const worker: WorkerDefinition = { name: 'worker', port: 3001, processors };
