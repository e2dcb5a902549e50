import { createConnection } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { RedisOptions } from 'ioredis';
import { joinWrites } from './joined-writes';
import type { AbstractConnector as Connector, NetStream } from './ioredis-types';

/** The way to a server at an address or a socket: ioredis' own is not exported. */
export function serverConnector({
  AbstractConnector,
}: typeof import('ioredis')): new (options: unknown) => Connector {
  return class extends AbstractConnector {
    private readonly options: RedisOptions;

    constructor(options: unknown) {
      const own = options as RedisOptions;
      super(own.disconnectTimeout ?? 0);
      this.options = own;
    }

    override connect(): Promise<NetStream> {
      this.connecting = true;
      this.firstError = undefined;
      const { path, host, port, family, tls } = this.options;
      const target = (path ? { path } : { host, port, family }) as ConnectionOptions & {
        path: string;
      };
      this.stream = tls ? connectTls({ ...target, ...tls }) : createConnection(target);
      // More than one: TLS may report that of the certificate and the answer of the server, and one without a listener
      // ends the process. ioredis listens for the first only.
      this.stream.on('error', (error: Error) => {
        this.firstError ??= error;
      });
      return Promise.resolve(joinWrites(this.stream));
    }
  };
}
