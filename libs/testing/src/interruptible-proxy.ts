import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** The client's connection to the proxy, and the proxy's connection to the server. */
type Pair = readonly [Socket, Socket];

/**
 * A network that a test can break and repair: a proxy between a program and a server of this machine, which
 * forwards everything until told otherwise.
 */
export class InterruptibleProxy {
  private readonly pairs = new Set<Pair>();
  private readonly ignored = new Set<Socket>();
  private mode: 'passing' | 'refusing' | 'silent' | 'halted' = 'passing';

  private constructor(
    private server: Server,
    private readonly target: URL,
    /** The URL of the server through this proxy. */
    readonly url: string,
  ) {
    this.listenTo(server);
  }

  /** @param target the URL of a server, with its port */
  static async before(target: string): Promise<InterruptibleProxy> {
    const server = await listen(0);
    const url = new URL(target);
    url.hostname = '127.0.0.1';
    url.port = String((server.address() as AddressInfo).port);
    return new InterruptibleProxy(server, new URL(target), url.href);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** The number of open connections that were never forwarded. */
  get unanswered(): number {
    return this.ignored.size;
  }

  /** Closes every connection, and each new one immediately. */
  refuse(): void {
    this.mode = 'refusing';
    this.cut();
  }

  /** Closes every connection and stops listening, so that new ones are refused, as with a server that is down. */
  async shut(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.cut();
    await closed;
  }

  /** Listens again, on the same port, after {@link shut}. */
  async open(): Promise<void> {
    this.server = await listen(this.port);
    this.listenTo(this.server);
  }

  /**
   * Existing connections stay open, but drop all data in both directions, as when a cable is pulled or a
   * firewall has forgotten the connection.
   *
   * @param newOnes whether new connections drop all data too
   */
  silence({ newOnes = false } = {}): void {
    this.mode = newOnes ? 'silent' : 'passing';
    for (const [near, far] of this.pairs) {
      near.unpipe(far);
      far.unpipe(near);
      near.resume();
      far.resume();
    }
  }

  /** Buffers all data in both directions, also on new connections, until {@link resume}. */
  halt(): void {
    this.mode = 'halted';
    for (const [near, far] of this.pairs) {
      near.unpipe(far).pause();
      far.unpipe(near).pause();
    }
  }

  /** After {@link halt}: forwards the buffered data, then everything else. */
  resume(): void {
    this.mode = 'passing';
    for (const [near, far] of this.pairs) near.pipe(far).pipe(near);
  }

  /** Resets every connection; new ones are accepted. */
  reset(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  /** Forwards new connections again. */
  accept(): void {
    this.mode = 'passing';
  }

  async close(): Promise<void> {
    this.cut();
    if (!this.server.listening) return;
    this.server.close();
    await once(this.server, 'close');
  }

  private listenTo(server: Server): void {
    server.on('connection', (near) => {
      this.join(near);
    });
  }

  private join(near: Socket): void {
    near.on('error', () => undefined);
    if (this.mode === 'refusing') {
      near.destroy();
      return;
    }
    if (this.mode === 'silent') {
      this.ignored.add(near);
      near.resume();
      near.on('close', () => this.ignored.delete(near));
      return;
    }
    const { hostname: host, port } = this.target;
    const far = connect({ port: Number(port), host, allowHalfOpen: true, noDelay: true });
    far.on('error', () => undefined);
    const pair: Pair = [near, far];
    this.pairs.add(pair);
    if (this.mode !== 'halted') near.pipe(far).pipe(near);
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

async function listen(port: number): Promise<Server> {
  // The other side answers the end of a connection, not this proxy.
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
