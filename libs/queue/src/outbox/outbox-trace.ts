import {
  type JobsOptions,
  type Queue,
  SpanKind,
  type Telemetry,
  TelemetryAttributes,
} from 'bullmq';

/** The option by which a job carries the trace that it belongs to; none if nothing is traced. */
export type TraceOption = Pick<JobsOptions, 'telemetry'>;

/**
 * Writes jobs to the outbox, with a span if the application traces.
 *
 * @param write takes what its jobs get of the trace, and returns their ids
 */
export async function traceCreation(
  queue: Queue,
  write: (trace: TraceOption) => Promise<string[]>,
): Promise<string[]> {
  return queue.trace(SpanKind.PRODUCER, 'create', queue.name, async (span, metadata) => {
    const ids = await write(metadata ? { telemetry: { metadata } } : {});
    span?.setAttributes(
      ids.length === 1
        ? { [TelemetryAttributes.JobId]: ids[0] }
        : { [TelemetryAttributes.BulkCount]: ids.length },
    );
    return ids;
  });
}

/** What is read here of a row of the outbox. */
interface TracedRow {
  readonly job_id: string;
  readonly options: JobsOptions;
}

/**
 * Publishes rows, with a span for each in the trace of its `add`. What is asked of the store is in that of the first.
 *
 * @param queue that all of them go to
 */
export async function tracePublication(
  queue: Queue,
  rows: readonly TracedRow[],
  publish: () => Promise<void>,
): Promise<void> {
  const { telemetry } = queue.opts as { readonly telemetry?: Telemetry };
  const spans = telemetry && rows.map((row) => startSpan(telemetry, queue, row));
  const [first] = spans ?? [];
  if (telemetry === undefined || spans === undefined || first === undefined) return publish();
  try {
    await telemetry.contextManager.with(first.context, publish);
  } catch (error) {
    for (const { span } of spans) span.recordException(error as Error);
    throw error;
  } finally {
    for (const { span } of spans) span.end();
  }
}

function startSpan(
  { tracer, contextManager }: Telemetry,
  { name }: Queue,
  { job_id: id, options }: TracedRow,
) {
  const root: unknown = contextManager.root?.() ?? contextManager.active();
  const { metadata } = options.telemetry ?? {};
  const parent: unknown = metadata ? contextManager.fromMetadata(root, metadata) : root;
  const span = tracer.startSpan(`publish ${name}`, { kind: SpanKind.CLIENT }, parent);
  span.setAttributes({
    [TelemetryAttributes.QueueName]: name,
    [TelemetryAttributes.QueueOperation]: 'publish',
    [TelemetryAttributes.JobId]: id,
  });
  return { span, context: span.setSpanOnContext(parent) as unknown };
}
