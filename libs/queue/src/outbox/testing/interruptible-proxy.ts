import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** A server's address that a test can take away and give back. */
export class InterruptibleProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private isRefusing = false;

  private constructor(
    private readonly server: Server,
    /** The URL of the server, by way of this proxy. */
    readonly url: string,
  ) {}

  static async before(target: string): Promise<InterruptibleProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { hostname, port } = new URL(target);
    const url = new URL(target);
    url.hostname = '127.0.0.1';
    url.port = String((server.address() as AddressInfo).port);
    const proxy = new InterruptibleProxy(server, url.href);
    server.on('connection', (near) => {
      proxy.join(near, () => connect(Number(port), hostname));
    });
    return proxy;
  }

  /** Ends every connection, and takes no other. */
  refuse(): void {
    this.isRefusing = true;
    this.cut();
  }

  accept(): void {
    this.isRefusing = false;
  }

  /** What is connected now stays connected, and nothing passes any more; as when a cable is pulled. */
  silence(): void {
    for (const [near, far] of this.pairs) {
      near.unpipe(far);
      far.unpipe(near);
      near.resume();
      far.resume();
    }
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(near: Socket, reach: () => Socket): void {
    near.on('error', () => undefined);
    if (this.isRefusing) {
      near.destroy();
      return;
    }
    const far = reach();
    far.on('error', () => undefined);
    const pair = [near, far] as const;
    this.pairs.add(pair);
    near.pipe(far).pipe(near);
    for (const socket of pair) {
      socket.on('close', () => {
        near.destroy();
        far.destroy();
        this.pairs.delete(pair);
      });
    }
  }

  private cut(): void {
    for (const [near] of this.pairs) near.destroy();
  }
}
