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

  /** Waits for an end in good order, and cuts what is left of it. */
  async end(ending: Promise<unknown>): Promise<void> {
    const timer = setTimeout(() => {
      for (const socket of this.sockets) socket.destroy();
    }, END_TIMEOUT);
    await ending.catch(() => undefined);
    clearTimeout(timer);
  }
}
