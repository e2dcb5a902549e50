import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { runSandbox } from '../../isolation/child/run-sandbox';
import { IsolatedLockProcessor } from './lock.processors';

/* The sandbox file of the isolated processor. */

runSandbox({
  registry: { lock: () => Promise.resolve({ IsolatedLockProcessor }) },
  createContext: (processor) =>
    NestFactory.createApplicationContext(processor, { abortOnError: false, logger: false }),
});
