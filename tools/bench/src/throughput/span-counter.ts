import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A collector for OTLP over HTTP in protobuf, that counts spans and keeps none. */
export interface SpanCounter {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly received: { spans: number; requests: number; bytes: number };
  close(): Promise<void>;
}

export async function startSpanCounter(): Promise<SpanCounter> {
  const received = { spans: 0, requests: 0, bytes: 0 };
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      received.spans += countSpans(body);
      received.requests += 1;
      received.bytes += body.length;
      // An empty ExportTraceServiceResponse.
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** `ExportTraceServiceRequest.resource_spans.scope_spans.spans`: the numbers of these fields. */
const PATH = [1, 2, 2];

/** How many spans a request in protobuf has. */
export function countSpans(message: Uint8Array, [field, ...inner] = PATH): number {
  const found = fieldsOf(message).filter(({ number }) => number === field);
  if (inner.length === 0) return found.length;
  return found.reduce((sum, { content }) => sum + countSpans(content, inner), 0);
}

/** The fields of a message that hold bytes; those of OTLP's outer messages have no other kind but strings. */
function fieldsOf(message: Uint8Array): { number: number; content: Uint8Array }[] {
  const fields: { number: number; content: Uint8Array }[] = [];
  let at = 0;
  const readNumber = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at] ?? 0;
      at += 1;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = readNumber();
    if ((tag & 7) !== 2) throw new TypeError('This is no request of OTLP.');
    const length = readNumber();
    fields.push({ number: tag >> 3, content: message.subarray(at, at + length) });
    at += length;
  }
  return fields;
}
