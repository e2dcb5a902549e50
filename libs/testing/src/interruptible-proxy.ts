import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/**
 * A server's address that a test can take away and give back: it stands between a program and its
 * store, as the network does.
 */
export class InterruptibleProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private readonly ignored = new Set<Socket>();
  private mood: 'passing' | 'refusing' | 'silent' = 'passing';

  private constructor(
    private readonly server: Server,
    /** The URL of the server, by way of this proxy. */
    readonly url: string,
  ) {}

  /** @param target the URL of a server, with its port */
  static async before(target: string): Promise<InterruptibleProxy> {
    // Whoever says that it has ended is not answered by this proxy, but by the other side.
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { hostname, port } = new URL(target);
    const url = new URL(target);
    url.hostname = '127.0.0.1';
    url.port = String((server.address() as AddressInfo).port);
    const proxy = new InterruptibleProxy(server, url.href);
    server.on('connection', (near) => {
      proxy.join(near, () => connect({ port: Number(port), host: hostname, allowHalfOpen: true }));
    });
    return proxy;
  }

  /** How many connections are open that were never passed on. */
  get unanswered(): number {
    return this.ignored.size;
  }

  /** Ends every connection, and takes no other. */
  refuse(): void {
    this.mood = 'refusing';
    this.cut();
  }

  /**
   * What is connected now stays connected, and nothing passes any more, in either direction; as when a
   * cable is pulled, or a firewall has forgotten the connection.
   *
   * @param newOnes whether that is so for connections that are made from now on, too
   */
  silence({ newOnes = false } = {}): void {
    this.mood = newOnes ? 'silent' : 'passing';
    for (const [near, far] of this.pairs) {
      near.unpipe(far);
      far.unpipe(near);
      near.resume();
      far.resume();
    }
  }

  /** Ends every connection with a reset; new ones are taken. */
  reset(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  /** New connections are passed on again. */
  accept(): void {
    this.mood = 'passing';
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(near: Socket, reach: () => Socket): void {
    near.on('error', () => undefined);
    if (this.mood === 'refusing') {
      near.destroy();
      return;
    }
    if (this.mood === 'silent') {
      this.ignored.add(near);
      near.resume();
      near.on('close', () => this.ignored.delete(near));
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
    for (const near of this.ignored) near.destroy();
  }
}
