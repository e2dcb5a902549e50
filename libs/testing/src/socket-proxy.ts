import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

/** A Unix socket in front of the Postgres of a URL, under the name that clients look for in its folder. */
export class SocketProxy {
  private readonly sockets = new Set<Socket>();

  private readonly server = createServer((client) => {
    const upstream = connect(this.upstream);
    for (const socket of [client, upstream]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
    }
    client.pipe(upstream).pipe(client);
  });

  private constructor(private readonly upstream: { host: string; port: number }) {}

  /** @param folder where the socket is made; it must exist */
  static async start(url: string, folder: string): Promise<SocketProxy> {
    const { hostname, port } = new URL(url);
    const proxy = new SocketProxy({ host: hostname, port: Number(port) });
    proxy.server.listen(join(folder, '.s.PGSQL.5432'));
    await once(proxy.server, 'listening');
    return proxy;
  }

  /** The URL of a database behind the socket in this folder. */
  static urlOf(url: string, folder: string): string {
    const { username, password, pathname } = new URL(url);
    const query = new URLSearchParams({ host: folder, user: username, password });
    return `postgres://${pathname}?${query.toString()}`;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
