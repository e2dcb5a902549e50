import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { PortUnavailableError } from '@libs/config';
import { type HealthServer, Readiness, startHealthServer } from '@libs/health';
import { WORKER_CONFIG, type WorkerConfig } from './config';

/**
 * Serves the health endpoints of the worker on a separate port, unless `WORKER_HTTP` is `off`.
 *
 * Opens before workers start, so that a port in use ends the process before it takes a job. Stays open
 * until running jobs have finished, so that probes see it stop.
 */
@Injectable()
export class HealthPort implements OnModuleInit, OnApplicationShutdown {
  private server: HealthServer | undefined;

  constructor(
    @Inject(WORKER_CONFIG) private readonly config: WorkerConfig,
    private readonly readiness: Readiness,
  ) {}

  async onModuleInit(): Promise<void> {
    const { WORKER_HTTP: port, HOST: host } = this.config;
    if (port === 'off') return;
    try {
      this.server = await startHealthServer(this.readiness, { port, host });
    } catch (error) {
      throw PortUnavailableError.from(error, { port, host, variable: 'WORKER_HTTP' });
    }
    new Logger('Health').log(`Health on port ${this.server.port}: /health/live, /health/ready.`);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.server?.close();
  }
}
