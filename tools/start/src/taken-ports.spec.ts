import { once } from 'node:events';
import { type AddressInfo, type Server, createServer } from 'node:net';
import type { StartedApp } from './started-app';
import { checkPorts } from './taken-ports';

const APP: StartedApp = { project: 'shop', port: { variable: 'SHOP_PORT', default: 1 } };

describe('checkPorts', () => {
  let server: Server;
  let port: number;
  const listen = async (host: string): Promise<void> => {
    server = createServer();
    server.listen(0, host);
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  };
  const close = async (): Promise<void> => {
    server.close();
    await once(server, 'close');
  };

  it.each(['127.0.0.1', '0.0.0.0', '::'])(
    'names a port that a program has taken on %s, and the way out',
    async (host) => {
      await listen(host);
      const check = checkPorts([APP], { SHOP_PORT: String(port) });
      await expect(check).rejects.toThrow(`Port ${port}, which shop needs, is in use`);
      await expect(check).rejects.toThrow(/SHOP_PORT=\d+ npm start/);
      await expect(check).rejects.not.toThrow(`SHOP_PORT=${port} `);
      await close();
    },
  );

  it('has nothing to say about free ports, none, and nonsense', async () => {
    await listen('127.0.0.1');
    await close();
    await expect(checkPorts([APP], { SHOP_PORT: String(port) })).resolves.toBeUndefined();
    await expect(checkPorts([APP], { SHOP_PORT: 'off' })).resolves.toBeUndefined();
    await expect(checkPorts([APP], { SHOP_PORT: '99999' })).resolves.toBeUndefined();
  });
});
