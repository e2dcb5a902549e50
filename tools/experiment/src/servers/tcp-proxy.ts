import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A network that can be broken: passes connections on to a server on this machine, until it is told
 * not to.
 */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private halted = false;

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {
    server.on('connection', (client) => {
      this.join(client);
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

  /** Nothing passes any more, in either direction, and nobody is told; new connections hang as well. */
  halt(): void {
    this.halted = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** Everything passes again, and what was held back first. */
  resume(): void {
    this.halted = false;
    for (const socket of this.sockets) socket.resume();
  }

  /** Ends every connection with a reset; what was on its way is lost. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket): void {
    const server = connect({ port: this.target, host: '127.0.0.1', noDelay: true });
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(from);
      from.on('data', (chunk: Buffer) => {
        // Not `pipe`, which would start reading again by itself while the network is halted.
        if (!to.destroyed) to.write(chunk);
      });
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        // Sends what is still to be sent, where the other one can be reached.
        to.end();
      });
      if (this.halted) from.pause();
      else from.resume();
    }
  }
}
