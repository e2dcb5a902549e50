import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import ssh2 from 'ssh2';

const { Client, Server, utils } = ssh2;

/** A server and a client of it: keys, a password, and one command. */
export async function work(): Promise<string> {
  const { private: hostKey } = utils.generateKeyPairSync('ed25519');
  const server = new Server({ hostKeys: [hostKey] }, (connection) => {
    connection.on('authentication', (attempt) => {
      if (attempt.method === 'password' && attempt.password === 'secret') attempt.accept();
      else attempt.reject();
    });
    connection.on('session', (accept) => {
      accept().on('exec', (acceptCommand, _, { command }) => {
        const stream = acceptCommand();
        stream.write(command.toUpperCase());
        stream.exit(0);
        stream.end();
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new Client();
  try {
    const { port } = server.address() as AddressInfo;
    client.connect({ host: '127.0.0.1', port, username: 'ada', password: 'secret' });
    await once(client, 'ready');
    return await new Promise((resolve, reject) => {
      client.exec('hello', (error, stream) => {
        if (error) reject(error);
        else stream.once('data', (output: Buffer) => resolve(output.toString()));
      });
    });
  } finally {
    client.end();
    await once(client, 'close');
    server.close();
  }
}
