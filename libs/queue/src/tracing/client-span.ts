import {
  type Attributes,
  context,
  type Context,
  type Span,
  SpanKind,
  trace,
} from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { SCOPE } from './conventions';

/** What a span begins with. */
export interface SpanStart {
  readonly name: string;
  readonly attributes: Attributes;
}

/**
 * Starts the span of a call to another server. Only inside of a span that is recorded: what a process asks by itself,
 * such as whether there is a job, belongs to no trace.
 *
 * @param describe called only if there is to be a span
 * @returns undefined if there is to be none
 */
export function startClientSpan(
  describe: () => SpanStart | undefined,
  parent: Context = context.active(),
): Span | undefined {
  if (trace.getSpan(parent)?.isRecording() !== true || isTracingSuppressed(parent))
    return undefined;
  const start = describe();
  if (start === undefined) return undefined;
  const { name, attributes } = start;
  return trace.getTracer(SCOPE).startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent);
}
