import { runWorkerSandbox } from '@libs/worker-app/run-worker-sandbox';
import { worker } from './worker';

runWorkerSandbox(worker);
