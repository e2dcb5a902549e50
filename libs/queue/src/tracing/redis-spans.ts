import { tracingChannel } from 'node:diagnostics_channel';
import type { Span } from '@opentelemetry/api';
import { startClientSpan } from './client-span';
import { ATTRIBUTE } from './conventions';
import { failSpan } from './fail-span';

/** What ioredis publishes of a command. Its arguments may be data, and are left out. */
interface Command {
  readonly command: string;
  readonly serverAddress?: string;
  readonly serverPort?: number;
  readonly database?: number;
  readonly error?: unknown;
}

/**
 * Gives each command of ioredis a span: it publishes them on a channel of `diagnostics_channel`.
 *
 * @returns what undoes it
 */
export function traceRedis(): () => void {
  const spans = new WeakMap<object, Span>();
  const end = (command: object) => {
    spans.get(command)?.end();
    spans.delete(command);
  };
  const commands = tracingChannel<unknown, Command>('ioredis:command');
  const listeners = {
    start: (command: Command) => {
      const span = startCommand(command);
      if (span !== undefined) spans.set(command, span);
    },
    end: () => undefined,
    asyncStart: () => undefined,
    asyncEnd: end,
    error: (command: Command) => {
      const span = spans.get(command);
      if (span !== undefined) failSpan(span, command.error);
    },
  };
  commands.subscribe(listeners);
  return () => {
    commands.unsubscribe(listeners);
  };
}

function startCommand({ command, serverAddress, serverPort, database }: Command): Span | undefined {
  return startClientSpan(() => {
    const name = command.toUpperCase();
    const attributes = {
      [ATTRIBUTE.databaseSystem]: 'redis',
      [ATTRIBUTE.databaseNamespace]: database === undefined ? undefined : String(database),
      [ATTRIBUTE.databaseOperation]: name,
      [ATTRIBUTE.serverAddress]: serverAddress,
      [ATTRIBUTE.serverPort]: serverPort,
    };
    return { name, attributes };
  });
}
