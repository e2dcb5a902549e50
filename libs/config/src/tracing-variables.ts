import * as z from 'zod';
import { urlOf } from './variables';

const endpoint = () => urlOf(['http:', 'https:']).optional();

const protocol = () =>
  z.enum(['http/protobuf', 'http/json'], {
    error: "expected http/protobuf or http/json: a collector's port for HTTP is usually 4318",
  });

/**
 * Those variables of OpenTelemetry that turn traces on and off. Its SDK reads these and others by itself. At a start, values
 * that are wrong have been corrected before ({@link correctTelemetryVariables}): telemetry stops no process.
 */
export const tracingVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint().describe(
    'The collector that traces are sent to, such as http://localhost:4318; nothing is traced without it: see docs/operations/tracing.md.',
  ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint()
    .describe('The whole URL that traces are sent to, path included.')
    .meta({ defaultText: 'OTEL_EXPORTER_OTLP_ENDPOINT followed by /v1/traces' }),
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol()
    .default('http/protobuf')
    .describe('How they are sent: http/protobuf or http/json.'),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol()
    .optional()
    .describe('The same, in place of OTEL_EXPORTER_OTLP_PROTOCOL.')
    .meta({ defaultText: 'the value of OTEL_EXPORTER_OTLP_PROTOCOL' }),
  OTEL_TRACES_EXPORTER: z
    .enum(['otlp', 'none'])
    .default('otlp')
    .describe('Who gets the traces: otlp, or none to trace nothing.'),
  OTEL_SDK_DISABLED: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['true', 'false'], { error: 'expected true or false' }))
    .default('false')
    .describe('Whether nothing is traced, whatever the other variables say.'),
  OTEL_SERVICE_NAME: z
    .string()
    .optional()
    .describe('The name of this process in traces.')
    .meta({ defaultText: 'api or worker' }),
};

type TracingConfig = z.output<z.ZodObject<typeof tracingVariables>>;

/** Whether the variables of OpenTelemetry ask for traces. */
export function isTraced({
  OTEL_EXPORTER_OTLP_ENDPOINT: collector,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces,
  OTEL_TRACES_EXPORTER: exporter,
  OTEL_SDK_DISABLED: isDisabled,
}: TracingConfig): boolean {
  return (collector ?? traces) !== undefined && exporter === 'otlp' && isDisabled === 'false';
}
