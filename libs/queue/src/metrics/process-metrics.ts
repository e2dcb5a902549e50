import { Counter, Gauge, type Registry } from 'prom-client';
import type {
  OutboxPublished,
  QueueObserver,
  SandboxEnded,
  SandboxReady,
} from '../observe/queue-observer';

const REASONS = ['closed', 'killed', 'crashed'] as const satisfies SandboxEnded['reason'][];

/** What happens in this process beside its jobs: sandboxes, its store, its relay of the outbox. */
export class ProcessMetrics implements QueueObserver {
  private readonly alive: Gauge<'processor'>;
  private readonly started: Counter<'processor'>;
  private readonly ended: Counter<'processor' | 'reason'>;
  private readonly losses: Counter;
  private readonly published: Counter;

  constructor(register: Registry) {
    const registers = [register];
    this.alive = new Gauge({
      name: 'queue_sandboxes',
      help: 'Sandboxes of isolated processors that are ready or run a job.',
      labelNames: ['processor'],
      registers,
    });
    this.started = new Counter({
      name: 'queue_sandboxes_started_total',
      help: 'Sandboxes that have become ready.',
      labelNames: ['processor'],
      registers,
    });
    this.ended = new Counter({
      name: 'queue_sandboxes_ended_total',
      help: 'Sandboxes that have ended: closed with their worker, killed by it, or crashed.',
      labelNames: ['processor', 'reason'],
      registers,
    });
    this.losses = new Counter({
      name: 'queue_store_losses_total',
      help: 'How often the queue store has stopped answering this process.',
      registers,
    });
    this.published = new Counter({
      name: 'queue_outbox_published_total',
      help: 'Jobs of the outbox that this process has published.',
      registers,
    });
  }

  readonly sandboxReady = ({ processor }: SandboxReady): void => {
    this.alive.inc({ processor });
    this.started.inc({ processor });
    for (const reason of REASONS) this.ended.inc({ processor, reason }, 0);
  };

  readonly sandboxEnded = ({ processor, reason }: SandboxEnded): void => {
    this.alive.dec({ processor });
    this.ended.inc({ processor, reason });
  };

  readonly storeLost = (): void => {
    this.losses.inc();
  };

  readonly outboxPublished = ({ count }: OutboxPublished): void => {
    this.published.inc(count);
  };
}
