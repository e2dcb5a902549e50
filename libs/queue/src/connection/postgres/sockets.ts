import { Socket } from 'node:net';

/** In milliseconds: the other side may have gone without a word, and will not confirm the end. */
const END_TIMEOUT = 1_000;

/** The sockets of clients of `pg` (their option `stream`), so that ending them takes a bounded time. */
export class Sockets {
  private readonly sockets = new Set<Socket>();

  readonly open = (): Socket => {
    const socket = new Socket();
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    return socket;
  };

  /** Ends them at once; whoever uses them is told why. */
  destroy(reason?: Error): void {
    for (const socket of this.sockets) socket.destroy(reason);
  }

  /** Waits for an end in good order, and cuts what is left of it after a time in milliseconds. */
  async end(ending: Promise<unknown>, timeout = END_TIMEOUT): Promise<void> {
    const timer = setTimeout(() => {
      this.destroy();
    }, timeout);
    await ending.catch(() => undefined);
    clearTimeout(timer);
    // An idle connection that its pool has let go of by itself may still wait for the other side.
    this.destroy();
  }
}
