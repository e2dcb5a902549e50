import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between the api and its store, so that a test can take the store away and give it back. */
export class StoreProxy {
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  private port = 0;

  constructor(private readonly target: URL) {}

  /** The store's URL, by way of the proxy. */
  async open(): Promise<string> {
    this.server = createServer((client) => {
      const store = connect(Number(this.target.port), this.target.hostname);
      for (const socket of [client, store]) {
        this.sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          this.sockets.delete(socket);
          client.destroy();
          store.destroy();
        });
      }
      client.pipe(store).pipe(client);
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    const url = new URL(this.target);
    url.host = `127.0.0.1:${this.port}`;
    return url.href;
  }

  /** Cuts every connection, and refuses new ones until it is opened again. */
  async cut(): Promise<void> {
    const closed = once(this.server ?? createServer(), 'close');
    this.server?.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
