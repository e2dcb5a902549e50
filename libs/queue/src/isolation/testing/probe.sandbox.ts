import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { QueueModule } from '../../module/queue.module';
import { runSandbox } from '../run-sandbox';
import {
  BrokenProbe,
  LimitedProcess,
  LimitedThread,
  ProcessProbe,
  ThreadProbe,
} from './probe.processors';

/* What the children of the probes run. */

const load = (processor: unknown) => () => Promise.resolve({ processor });

runSandbox({
  registry: {
    'process-probe': load(ProcessProbe),
    'thread-probe': load(ThreadProbe),
    'limited-process': load(LimitedProcess),
    'limited-thread': load(LimitedThread),
    'broken-probe': load(BrokenProbe),
  },
  createContext: (processor, name) =>
    NestFactory.createApplicationContext(
      {
        module: class SandboxModule extends Object {},
        imports: [
          QueueModule.forRoot({
            url: process.env['PROBE_STORE'] ?? '',
            applicationName: `sandbox ${name}`,
            lazy: true,
          }),
          processor,
        ],
      },
      { abortOnError: false, logger: ['error', 'warn'] },
    ),
});
