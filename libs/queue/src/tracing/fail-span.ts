import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { reasonOf, textOf } from '../text/reason-of';
import { ATTRIBUTE } from './conventions';

/** Marks a span as failed. */
export function failSpan(span: Span, error: unknown): void {
  const name = textOf(error, 'name') ?? typeof error;
  span.setAttribute(ATTRIBUTE.errorType, textOf(error, 'code') ?? name);
  span.recordException(error instanceof Error ? error : reasonOf(error));
  span.setStatus({ code: SpanStatusCode.ERROR, message: reasonOf(error) });
}

/**
 * Notes the status of an answer.
 *
 * @param lowestError the first status that counts as an error: 400 for a client, 500 for a server
 */
export function noteStatus(span: Span, status: number, lowestError: 400 | 500): void {
  span.setAttribute(ATTRIBUTE.httpStatus, status);
  if (status < lowestError) return;
  span.setAttribute(ATTRIBUTE.errorType, String(status));
  span.setStatus({ code: SpanStatusCode.ERROR });
}
