import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** A span as OTLP has it in JSON, with what tests look at made plain. */
export interface ReceivedSpan {
  /** Of its process. */
  readonly service: string;
  readonly name: string;
  readonly kind: 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER';
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** In nanoseconds since 1970. */
  readonly start: bigint;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly isError: boolean;
  /** The messages of the errors that were recorded. */
  readonly errors: readonly string[];
}

/** A collector for OTLP over HTTP. */
export interface OtlpReceiver {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** The kinds of content that were sent, such as `application/json`; only of that kind are there spans. */
  readonly contentTypes: ReadonlySet<string>;
  close(): Promise<void>;
}

const KINDS = ['INTERNAL', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const;

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Those parts of OTLP's messages that are read here. */
interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly name: string;
        readonly kind: number;
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly startTimeUnixNano: string;
        readonly attributes: readonly Attribute[];
        readonly events: readonly { readonly attributes: readonly Attribute[] }[];
        readonly status: { readonly code?: number };
      }[];
    }[];
  }[];
}

/** Starts a collector on a free port, which keeps what it receives. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const contentTypes = new Set<string>();
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const type = request.headers['content-type'] ?? '';
      contentTypes.add(type);
      if (type === 'application/json') {
        spans.push(...spansIn(JSON.parse(body.toString()) as ExportRequest));
      }
      response.writeHead(200, { 'content-type': type }).end(type.endsWith('json') ? '{}' : '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    contentTypes,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const body = await buffer(request);
  return request.headers['content-encoding'] === 'gzip' ? promisify(gunzip)(body) : body;
}

function spansIn({ resourceSpans }: ExportRequest): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(valuesOf(resource.attributes)['service.name']);
    return scopeSpans.flatMap((scope) =>
      scope.spans.map(({ kind, parentSpanId, attributes, events, status, ...span }) => ({
        service,
        name: span.name,
        kind: KINDS[kind] ?? 'INTERNAL',
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: parentSpanId || undefined,
        start: BigInt(span.startTimeUnixNano),
        attributes: valuesOf(attributes),
        isError: status.code === 2,
        errors: events.map((event) => String(valuesOf(event.attributes)['exception.message'])),
      })),
    );
  });
}

/** Each value is an object with one property, named by its type. */
function valuesOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

/**
 * Spans as a tree, a line each, in the order of their start: `  process email (CONSUMER)`. One whose parent is not among
 * them is a root.
 *
 * @param text what to show of a span; by default its name and kind
 */
export function traceTree(
  spans: readonly ReceivedSpan[],
  text = ({ name, kind, isError }: ReceivedSpan) => `${name} (${kind}${isError ? ', error' : ''})`,
): string[] {
  const inOrder = [...spans].sort((a, b) => (a.start < b.start ? -1 : 1));
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const below = (parent: string | undefined, indent: string): string[] =>
    inOrder
      .filter(({ parentSpanId: id }) =>
        parent === undefined ? id === undefined || !ids.has(id) : id === parent,
      )
      .flatMap((span) => [`${indent}${text(span)}`, ...below(span.spanId, `${indent}  `)]);
  return below(undefined, '');
}
