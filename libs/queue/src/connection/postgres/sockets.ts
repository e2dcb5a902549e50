import { Socket } from 'node:net';
import { SHUTDOWN_BUDGET } from '../../options/shutdown-budget';

/** The sockets of `pg` clients (their option `stream`), so that closing them takes bounded time. */
export class Sockets {
  private readonly sockets = new Set<Socket>();

  readonly open = (): Socket => {
    const socket = new Socket();
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    return socket;
  };

  /** Destroys them at once; their users get the reason. */
  destroy(reason?: Error): void {
    for (const socket of this.sockets) socket.destroy(reason);
  }

  /** Waits for a graceful end, and destroys the sockets that remain after the time of the shutdown budget. */
  async end(ending: Promise<unknown>): Promise<void> {
    const timer = setTimeout(() => {
      this.destroy();
    }, SHUTDOWN_BUDGET.connections.time);
    await ending.catch(() => undefined);
    clearTimeout(timer);
    // An idle connection that its pool released on its own may still wait for the server.
    this.destroy();
  }
}
