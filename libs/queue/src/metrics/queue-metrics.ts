import type { IncomingMessage, ServerResponse } from 'node:http';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { QueueLoads } from '../admin/queue-loads';
import type { QueueObserver } from '../observe/queue-observer';
import { JobMetrics } from './job-metrics';
import { answerLoad, LOAD_PATH } from './load-answer';
import { LoopDelay } from './loop-delay';
import { ProcessMetrics } from './process-metrics';
import { type MetricSources, ReadMetrics } from './read-metrics';

/** Those of prom-client that say the same as ours and less of it, or that Prometheus' own linter refuses. */
const LEFT_OUT = [/^nodejs_eventloop_lag_/, /^nodejs_active_\w+_total$/];

/** The sources of {@link ReadMetrics}, the queues of the process, and the load of each. */
export interface ProcessSources extends MetricSources {
  readonly queues: () => readonly string[];
  readonly loads: Pick<QueueLoads, 'read'>;
}

/** The metrics of one process, in the format of Prometheus. */
export class QueueMetrics {
  /** Holds every metric; an application adds its own to it. */
  readonly registry = new Registry();
  /** For `observers` of `QueueModule`. */
  readonly observers: readonly QueueObserver[];
  private readonly jobs = new JobMetrics(this.registry);
  private readonly read = new ReadMetrics(this.registry);
  private readonly loop = new LoopDelay(this.registry);
  private sources: ProcessSources | undefined;
  private scraping: Promise<string> | undefined;

  constructor() {
    this.observers = [this.jobs, new ProcessMetrics(this.registry)];
    collectDefaultMetrics({ register: this.registry });
    for (const { name } of this.registry.getMetricsAsArray()) {
      if (LEFT_OUT.some((pattern) => pattern.test(name))) this.registry.removeSingleMetric(name);
    }
  }

  /** Called by the application's module once its queues are there. */
  start(sources: ProcessSources): void {
    this.sources = sources;
    this.loop.start();
  }

  stop(): void {
    this.loop.stop();
  }

  /** What a scraper gets. Concurrent scrapers share one answer. */
  scrape(): Promise<string> {
    this.scraping ??= this.collect().finally(() => {
      this.scraping = undefined;
    });
    return this.scraping;
  }

  /**
   * Answers `GET /metrics` and `GET /metrics/load/<queue>`, and HEAD. For other paths, calls `next` if given, otherwise
   * answers 404.
   */
  readonly handler = (
    request: IncomingMessage,
    response: ServerResponse,
    next?: () => void,
  ): void => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const [path = ''] = (request.url ?? '').split('?', 1);
    if (isRead && path === '/metrics') {
      void this.answer(response);
    } else if (isRead && path.startsWith(LOAD_PATH)) {
      void this.showLoad(path.slice(LOAD_PATH.length), response);
    } else if (next !== undefined) {
      next();
    } else {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found: see /metrics.\n');
    }
  };

  private async answer(response: ServerResponse): Promise<void> {
    try {
      const text = await this.scrape();
      response.writeHead(200, { 'content-type': this.registry.contentType });
      response.end(text);
    } catch {
      response.writeHead(500, { 'content-type': 'text/plain' }).end('The metrics failed.\n');
    }
  }

  private async showLoad(queue: string, response: ServerResponse): Promise<void> {
    const { status, body } = await answerLoad(queue, this.sources?.loads);
    response.writeHead(status, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
    });
    response.end(JSON.stringify(body));
  }

  private async collect(): Promise<string> {
    if (this.sources !== undefined) {
      for (const name of this.sources.queues()) this.jobs.know(name);
      await this.read.refresh(this.sources);
    }
    return this.registry.metrics();
  }
}
