import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { InterruptibleProxy } from './interruptible-proxy';
import { until } from './until';

/** Echoes each chunk in capital letters. */
let server: Server;
let proxy: InterruptibleProxy;
let client: Socket;
let received: string;

beforeEach(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (piece: Buffer) => socket.write(piece.toString().toUpperCase()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  proxy = await InterruptibleProxy.before(`tcp://127.0.0.1:${port}`);
  client = await open();
});

afterEach(async () => {
  client.destroy();
  await proxy.close();
  server.close();
});

async function open(): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1');
  received = '';
  socket.on('error', () => undefined);
  socket.on('data', (piece: Buffer) => (received += piece.toString()));
  await once(socket, 'connect');
  return socket;
}

/** Sends a message, and waits for the answer. */
async function talk(socket = client): Promise<void> {
  const before = received.length;
  socket.write('ping');
  await until(() => received.slice(before) === 'PING');
}

it('passes everything on', async () => {
  await talk();
});

it('holds back what is sent while it is halted, and passes it on afterwards', async () => {
  await talk();
  proxy.halt();
  client.write('one');
  const late = await open();
  late.write('two');
  // Silence is no condition to wait for; answers on other connections show that time has passed.
  const other = await InterruptibleProxy.before(proxy.url);
  await other.close();
  expect(received).toBe('');
  proxy.resume();
  await until(() => received.includes('ONE') && received.includes('TWO'));
  late.destroy();
});

it('loses what is sent while it is silent, and takes new connections', async () => {
  await talk();
  proxy.silence();
  client.write('lost');
  const next = await open();
  await talk(next);
  expect(received).toBe('PING');
  next.destroy();
});

it('is refused while it is shut, and found on the same port when it is opened again', async () => {
  const ended = once(client, 'close');
  await proxy.shut();
  await ended;
  const refused = connect(proxy.port, '127.0.0.1');
  await expect(once(refused, 'connect')).rejects.toThrow('ECONNREFUSED');
  await proxy.open();
  client = await open();
  await talk();
});

it('ends connections with a reset, and takes new ones', async () => {
  const failed = once(client, 'error');
  await talk();
  proxy.reset();
  expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' });
  client = await open();
  await talk();
});
