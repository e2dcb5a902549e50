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

/**
 * Starts the span of a call to another server. Only inside of a span that is recorded: what a process asks by itself,
 * such as whether there is a job, belongs to no trace.
 *
 * @returns undefined if there is to be none
 */
export function startClientSpan(
  name: string,
  attributes: Attributes,
  parent: Context = context.active(),
): Span | undefined {
  if (isTracingSuppressed(parent) || trace.getSpan(parent)?.isRecording() !== true)
    return undefined;
  return trace.getTracer(SCOPE).startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent);
}
