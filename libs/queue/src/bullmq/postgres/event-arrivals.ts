import type { PgNotification, PostgresConnection } from 'bullmq';
import { Bell } from '../../timing/bell';
import { LISTENER_LOST } from '../internals';

type ListenClient = Awaited<ReturnType<PostgresConnection['getListenClient']>>;

/** Counts the notifications of one queue on one channel, including those that arrive while no caller waits. */
export class EventArrivals {
  private readonly bell = new Bell();
  private isStopped = false;
  private client: ListenClient | undefined;

  constructor(
    private readonly connection: PostgresConnection,
    private readonly queue: string,
    private readonly channel: string,
  ) {}

  get stopped(): boolean {
    return this.isStopped;
  }

  /** The count so far, for {@link after}. Starts counting on the first call. */
  async seen(): Promise<number> {
    const client = await this.connection.getListenClient();
    if (client !== this.client && !this.isStopped) {
      // Notifications are lost while no connection listens, so waiting callers must poll.
      if (this.client === undefined) this.connection.on(LISTENER_LOST, this.bell.ring);
      this.client = client;
      client.on('notification', this.onNotification);
    }
    return this.bell.rings;
  }

  /** Resolves once the count exceeds `seen`, at the latest after `timeout` milliseconds. */
  async after(seen: number, timeout: number): Promise<void> {
    if (this.isStopped || timeout <= 0) return;
    await this.bell.after(seen, timeout);
  }

  /** Releases those who wait now. */
  release(): void {
    this.bell.ring();
  }

  /** Releases the waiting callers and the connection. */
  stop(): void {
    this.isStopped = true;
    this.client?.removeListener('notification', this.onNotification);
    this.connection.off(LISTENER_LOST, this.bell.ring);
    this.bell.ring();
  }

  private readonly onNotification = ({ channel, payload }: PgNotification): void => {
    if (channel === this.channel && payload === this.queue) this.bell.ring();
  };
}
