import { type Context, propagation, trace } from '@opentelemetry/api';
import { ORIGIN } from './queue-context';

/** The headers of W3C Trace Context, as JSON: what is stored with a job, and sent to a sandbox. */
export function carrierOf(context: Context): string {
  const headers: Record<string, string> = {};
  propagation.inject(context, headers);
  return JSON.stringify(headers);
}

/** The context with the trace of a carrier, which is its {@link ORIGIN}. A carrier that is none changes nothing else. */
export function withCarrier(context: Context, carrier: string): Context {
  const extracted = extract(context, carrier);
  return trace.getSpanContext(extracted) === trace.getSpanContext(context)
    ? extracted.deleteValue(ORIGIN)
    : extracted.setValue(ORIGIN, carrier);
}

function extract(context: Context, carrier: string): Context {
  try {
    const headers: unknown = JSON.parse(carrier);
    return typeof headers === 'object' && headers !== null
      ? propagation.extract(context, headers)
      : context;
  } catch {
    // Not stored by this library.
    return context;
  }
}
