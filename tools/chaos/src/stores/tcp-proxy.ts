import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A network that can be interrupted: forwards connections to a server on this machine. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private halted = false;

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {
    server.on('connection', (client) => {
      this.forward(client);
    });
  }

  static async to(target: number): Promise<TcpProxy> {
    const server = createServer({ noDelay: true, pauseOnConnect: true });
    const proxy = new TcpProxy(server, target);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Holds all data back, in both directions, without an error. New connections hang as well. */
  halt(): void {
    this.halted = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** Forwards everything again, beginning with what was held back. */
  resume(): void {
    this.halted = false;
    for (const socket of this.sockets) socket.resume();
  }

  /** Resets every connection; data in transit is lost. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private forward(client: Socket): void {
    const server = connect({ port: this.target, host: '127.0.0.1', noDelay: true });
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(from);
      from.on('data', (chunk: Buffer) => {
        // Not `pipe`, which would resume by itself while the network is halted.
        if (!to.destroyed) to.write(chunk);
      });
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        // Flushes what is still to be sent, if the other side is reachable.
        to.end();
      });
      if (this.halted) from.pause();
      else from.resume();
    }
  }
}
