import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { PortUnavailableError } from '@libs/config';
import {
  healthHandler,
  type HttpHandler,
  type HttpServer,
  Readiness,
  startHttpServer,
} from '@libs/health';
import type { MeasuredQueues } from '@libs/queue/metrics';
import type { PageWithoutFramework } from '@libs/queue/page';
import { WORKER_CONFIG, type WorkerConfig } from './config';
import type { WorkerVariables } from './worker-definition';

/** The injection token of the {@link MeasuredQueues}; undefined if they are not measured. */
export const METRICS = Symbol('METRICS');

/** The injection token of the {@link WorkerVariables}, for messages. */
export const WORKER_VARIABLES = Symbol('WORKER_VARIABLES');

/** The injection token of the {@link PageWithoutFramework}; undefined if there is no page of queues. */
export const PAGE = Symbol('PAGE');

/**
 * Serves the health endpoints of the worker on a separate port, unless `WORKER_HTTP` is `off`, there also the page of
 * queues if it is wanted, and `/metrics` on `METRICS_HTTP`, which may be the same (`own`).
 *
 * Opens before workers start, so that a port in use ends the process before it takes a job. Stays open
 * until running jobs have finished, so that probes see it stop.
 */
@Injectable()
export class HealthPort implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Health');
  private readonly servers: HttpServer[] = [];

  constructor(
    @Inject(WORKER_CONFIG) private readonly config: WorkerConfig,
    @Inject(WORKER_VARIABLES) private readonly variables: WorkerVariables,
    @Inject(METRICS) private readonly metrics: MeasuredQueues | undefined,
    @Inject(PAGE) private readonly page: PageWithoutFramework | undefined,
    private readonly readiness: Readiness,
  ) {}

  async onModuleInit(): Promise<void> {
    const { WORKER_HTTP, METRICS_HTTP, HOST, METRICS_HOST = HOST } = this.config;
    const metrics = this.metrics?.handler;
    const sharesPort = METRICS_HTTP === 'own' || METRICS_HTTP === WORKER_HTTP;
    if (WORKER_HTTP !== 'off') {
      const extras = [
        ...(metrics && sharesPort ? [{ path: '/metrics', handler: metrics }] : []),
        ...(this.page ? [{ path: '/queues', handler: this.page.handler }] : []),
      ];
      const paths = extras.map(({ path }) => path);
      const health = healthHandler(this.readiness, paths);
      const handlers = [...extras.map(({ handler }) => handler), health];
      const port = await this.open(inTurn(handlers), WORKER_HTTP, HOST, this.variables.http);
      this.logger.log(
        `Health on port ${port}: ${['/health/live', '/health/ready', ...paths].join(', ')}.`,
      );
    }
    if (metrics !== undefined && METRICS_HTTP !== 'off' && !sharesPort) {
      const port = await this.open(metrics, METRICS_HTTP, METRICS_HOST, 'METRICS_HTTP');
      this.logger.log(`Metrics on port ${port}: /metrics.`);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
  }

  /** @throws PortUnavailableError */
  private async open(
    handler: HttpHandler,
    port: number,
    host: string,
    variable: string,
  ): Promise<number> {
    try {
      const server = await startHttpServer(handler, { port, host });
      this.servers.push(server);
      return server.port;
    } catch (error) {
      throw PortUnavailableError.from(error, { port, host, variable });
    }
  }
}

/** The first handler that knows a path answers. */
function inTurn(handlers: readonly HttpHandler[]): HttpHandler {
  return (request, response) => {
    const hand = ([first, ...others]: readonly HttpHandler[]): void => {
      if (first === undefined) return;
      // The last one answers what it does not know with 404.
      const next = () => {
        hand(others);
      };
      first(request, response, others.length === 0 ? undefined : next);
    };
    hand(handlers);
  };
}
