import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { PortUnavailableError } from '@libs/config';
import { type HttpServer, startHttpServer } from '@libs/health';
import type { MeasuredQueues } from '@libs/queue/metrics';
import { API_CONFIG, type ApiConfig } from './config';

/** The injection token of the {@link MeasuredQueues}; undefined if they are not measured. */
export const METRICS = Symbol('METRICS');

/** Whether the port of the api itself serves `/metrics`. */
export function sharesPort({ METRICS_HTTP, PORT }: ApiConfig): boolean {
  return METRICS_HTTP === 'own' || METRICS_HTTP === PORT;
}

/** Serves `/metrics` on `METRICS_HTTP`, unless that is off, or the port of the api itself. */
@Injectable()
export class MetricsPort implements OnModuleInit, OnApplicationShutdown {
  private server: HttpServer | undefined;

  constructor(
    @Inject(API_CONFIG) private readonly config: ApiConfig,
    @Inject(METRICS) private readonly metrics: MeasuredQueues | undefined,
  ) {}

  async onModuleInit(): Promise<void> {
    const { METRICS_HTTP: port, HOST, METRICS_HOST: host = HOST } = this.config;
    if (this.metrics === undefined || typeof port === 'string' || sharesPort(this.config)) return;
    try {
      this.server = await startHttpServer(this.metrics.handler, { port, host });
    } catch (error) {
      throw PortUnavailableError.from(error, { port, host, variable: 'METRICS_HTTP' });
    }
    new Logger('Metrics').log(`Metrics on port ${this.server.port}: /metrics.`);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.server?.close();
  }
}
