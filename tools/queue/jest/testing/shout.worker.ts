import { parentPort, workerData } from 'node:worker_threads';
import { shout } from './shout';

parentPort?.postMessage(shout(String(workerData)));
