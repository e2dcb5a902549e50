import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { until } from '@libs/testing';
import { sendEvents, type ServerSentEvent } from './event-stream';

/** Serves one stream of events. */
async function serve(
  events: AsyncIterable<ServerSentEvent>,
  heartbeat?: number,
): Promise<{
  port: number;
  sent: Promise<void>;
  close: () => Promise<void>;
  response: () => ServerResponse | undefined;
}> {
  let response: ServerResponse | undefined;
  const server = createServer();
  const sent = new Promise<void>((resolve, reject) => {
    server.on('request', (_, answer: ServerResponse) => {
      response = answer;
      const gone = new AbortController();
      answer.on('close', () => {
        gone.abort();
      });
      sendEvents(answer, events, gone.signal, heartbeat).then(resolve, reject);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { port, sent, close, response: () => response };
}

describe('a stream of events', () => {
  it('is written as the standard says, and ends with the last event', async () => {
    async function* events(): AsyncGenerator<ServerSentEvent> {
      yield await Promise.resolve({ event: 'state', data: '{"a":1}' });
      yield { event: 'end', id: 'end', data: '{}' };
    }
    const { port, close } = await serve(events());
    const response = await fetch(`http://127.0.0.1:${port}`);
    expect(await response.text()).toBe(
      'event: state\ndata: {"a":1}\n\nevent: end\nid: end\ndata: {}\n\n',
    );
    await close();
  });

  it('sends comments while nothing happens', async () => {
    let finish: () => void = () => undefined;
    const quiet = new Promise<void>((resolve) => (finish = resolve));
    async function* events(): AsyncGenerator<ServerSentEvent> {
      await quiet;
      yield { event: 'end', data: '{}' };
    }
    const { port, close } = await serve(events(), 10);
    const response = await fetch(`http://127.0.0.1:${port}`);
    let text = '';
    for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += part;
      if (text.includes('here\n\n: still here')) finish();
    }
    expect(text).toMatch(/^(: still here\n\n){2,}event: end\n/);
    await close();
  });

  it('waits for a client that reads slowly, instead of keeping events in memory', async () => {
    const large = 'x'.repeat(100_000);
    async function* events(): AsyncGenerator<ServerSentEvent> {
      for (;;) {
        await new Promise(setImmediate);
        yield { event: 'state', data: large };
      }
    }
    const { port, sent, close, response } = await serve(events());
    const socket = connect(port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    socket.pause();
    // The system accepts no more data: the buffers between the two ends are full.
    await until(() => response()?.writableNeedDrain);
    expect(response()?.writableLength).toBeLessThan(2 * large.length);
    // At any time, at most one event waits in this process.
    for (let turn = 0; turn < 500; turn++) {
      await new Promise(setImmediate);
      expect(response()?.writableLength).toBeLessThan(2 * large.length);
    }
    socket.destroy();
    await sent;
    await close();
  });

  it('fails if its events fail', async () => {
    // eslint-disable-next-line require-yield -- it fails before the first
    async function* events(): AsyncGenerator<ServerSentEvent> {
      await Promise.resolve();
      throw new Error('the store is gone');
    }
    const { port, sent, close } = await serve(events());
    const received = fetch(`http://127.0.0.1:${port}`);
    await expect(sent).rejects.toThrow('the store is gone');
    const text = (await received).text();
    await Promise.all([expect(text).rejects.toThrow(), close()]);
  });
});
