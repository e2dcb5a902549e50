import { correctTelemetryVariables } from './telemetry-variables';

/** @returns what is logged, and what is left of the variables */
function correct(env: Record<string, string>): [string[], Record<string, string | undefined>] {
  const left: Record<string, string | undefined> = { ...env };
  return [correctTelemetryVariables(left), left];
}

describe('a variable of OpenTelemetry', () => {
  it('that can be used stays as it is, and nothing is said', () => {
    const env = {
      OTEL_SDK_DISABLED: 'False',
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20YTpi==,x-team=jobs',
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.1',
      OTEL_PROPAGATORS: 'tracecontext, baggage',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test,note=',
      OTEL_BSP_SCHEDULE_DELAY: '0',
      OTEL_SOMETHING_ELSE: '?',
    };
    expect(correct(env)).toEqual([[], env]);
  });

  it.each([
    ['OTEL_TRACES_SAMPLER', 'sometimes', '"sometimes" is not known here; known are always_on,'],
    ['OTEL_TRACES_SAMPLER_ARG', '10%', '"10%" is no number from 0 to 1. The default is used: 1.'],
    ['OTEL_TRACES_EXPORTER', 'jaeger', '"jaeger" is not known here; known are otlp, none.'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'The default is used: http/protobuf.'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4318', 'not a URL that starts with http://'],
    ['OTEL_EXPORTER_OTLP_COMPRESSION', 'zip', 'The default is used: none.'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '10s', '"10s" is no whole number of at least 1.'],
    ['OTEL_BSP_MAX_QUEUE_SIZE', '-1', 'The default is used: 2048.'],
    ['OTEL_SPAN_EVENT_COUNT_LIMIT', 'many', 'The default is used: 128.'],
    ['OTEL_PROPAGATORS', 'b3', '"b3" is not known here; known are tracecontext, baggage, none.'],
    ['OTEL_SDK_DISABLED', 'yes', '"yes" is neither true nor false. The default is used: false.'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'sesame', 'not name=value, with special characters'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'team=jobs,area', 'part 2 of 2 is not name=value'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'team=a=b', 'All of them are ignored.'],
  ])('%s=%s counts as not set, and one line says so', (name, value, sentence) => {
    const [said, left] = correct({ [name]: value });
    expect(said).toEqual([expect.stringContaining(sentence)]);
    expect(said[0]?.startsWith(`${name}: `)).toBe(true);
    expect(said[0]).not.toContain('\n');
    expect(left).toEqual({});
  });

  it('keeps the headers that are right, and puts none into the log, because they are secrets', () => {
    const [said, left] = correct({
      OTEL_EXPORTER_OTLP_HEADERS: 'sesame,x-team=jobs,x key=open,y=%0Aopen,z=%',
    });
    expect(said).toEqual([
      'OTEL_EXPORTER_OTLP_HEADERS: parts 1, 3, 4 and 5 of 5 are not name=value, with special characters percent-encoded. The others are used.',
    ]);
    expect(left).toEqual({ OTEL_EXPORTER_OTLP_HEADERS: 'x-team=jobs' });
  });

  it('keeps the propagators that are known', () => {
    const [said, left] = correct({ OTEL_PROPAGATORS: 'b3,tracecontext,jaeger' });
    expect(said).toEqual([
      'OTEL_PROPAGATORS: "b3", "jaeger" are not known here; known are tracecontext, baggage, none. Used: tracecontext.',
    ]);
    expect(left).toEqual({ OTEL_PROPAGATORS: 'tracecontext' });
  });
});
