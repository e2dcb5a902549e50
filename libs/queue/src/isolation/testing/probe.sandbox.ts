import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { QueueModule } from '../../module/queue.module';
import { runSandbox } from '../run-sandbox';
import { probes } from './probe.processors';

/* What the children of the probes run. */

runSandbox({
  registry: probes,
  createContext: (processor, name) => {
    const url = process.env['PROBE_STORE'] ?? '';
    const queues = QueueModule.forRoot({ url, applicationName: `sandbox ${name}`, lazy: true });
    const module = class SandboxModule extends Object {};
    return NestFactory.createApplicationContext(
      { module, imports: [queues, processor] },
      { abortOnError: false, logger: false },
    );
  },
});
