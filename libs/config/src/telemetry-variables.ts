import { validateHeaderName, validateHeaderValue } from 'node:http';

/** What is wrong with the value of a variable. */
interface Problem {
  readonly problem: string;
  /** What can be used of the value; undefined: nothing, and the default is used. */
  readonly rest?: string | undefined;
  /** What is used in place of it. */
  readonly used: string;
}

type Check = (value: string) => Problem | undefined;

/** As the SDK spells them. */
const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
];

const COMPRESSION = oneOf(['gzip', 'none'], 'none');
const PROTOCOL = oneOf(['http/protobuf', 'http/json'], 'http/protobuf');
const LIMIT = wholeNumber(0, 'no limit of its own');

/** Those variables of OpenTelemetry that something here reads. */
const CHECKS: Readonly<Record<string, Check>> = {
  OTEL_SDK_DISABLED: (value) =>
    /^(?:true|false)$/i.test(value) ? undefined : wrong(value, 'neither true nor false', 'false'),
  OTEL_TRACES_EXPORTER: oneOf(['otlp', 'none'], 'otlp'),
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: PROTOCOL,
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: PROTOCOL,
  OTEL_EXPORTER_OTLP_COMPRESSION: COMPRESSION,
  OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: COMPRESSION,
  OTEL_EXPORTER_OTLP_TIMEOUT: wholeNumber(1, '10000'),
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: wholeNumber(1, 'OTEL_EXPORTER_OTLP_TIMEOUT'),
  OTEL_EXPORTER_OTLP_HEADERS: headers,
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: headers,
  OTEL_RESOURCE_ATTRIBUTES: resourceAttributes,
  OTEL_PROPAGATORS: propagators,
  OTEL_TRACES_SAMPLER: oneOf(SAMPLERS, 'parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: (value) =>
    Number(value) >= 0 && Number(value) <= 1
      ? undefined
      : wrong(value, 'no number from 0 to 1', '1'),
  OTEL_BSP_SCHEDULE_DELAY: wholeNumber(0, '5000'),
  OTEL_BSP_EXPORT_TIMEOUT: wholeNumber(1, '30000'),
  OTEL_BSP_MAX_QUEUE_SIZE: wholeNumber(1, '2048'),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: wholeNumber(1, '512'),
  OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: LIMIT,
  OTEL_ATTRIBUTE_COUNT_LIMIT: wholeNumber(0, '128'),
  OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: LIMIT,
  OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: wholeNumber(0, '128'),
  OTEL_SPAN_EVENT_COUNT_LIMIT: wholeNumber(0, '128'),
  OTEL_SPAN_LINK_COUNT_LIMIT: wholeNumber(0, '128'),
};

/**
 * Sets right what is wrong with the variables of OpenTelemetry, as its specification asks for: a value that cannot be
 * used counts as not set, and stops no process. Nothing of OpenTelemetry is loaded for it.
 *
 * @param env is changed
 * @returns a sentence for each variable that was wrong
 */
export function correctTelemetryVariables(env: NodeJS.ProcessEnv = process.env): string[] {
  return Object.entries(CHECKS).flatMap(([name, check]) => {
    const value = env[name]?.trim();
    if (!value) return [];
    const found = check(value);
    if (found === undefined) return [];
    if (found.rest === undefined) Reflect.deleteProperty(env, name);
    else env[name] = found.rest;
    return [`${name}: ${found.problem}. ${found.used}.`];
  });
}

function wrong(value: string, problem: string, fallback: string): Problem {
  return { problem: `"${value}" is ${problem}`, used: `The default is used: ${fallback}` };
}

function oneOf(known: readonly string[], fallback: string): Check {
  return (value) =>
    known.includes(value)
      ? undefined
      : wrong(value, `not known here; known are ${known.join(', ')}`, fallback);
}

function wholeNumber(min: number, fallback: string): Check {
  return (value) =>
    /^\d+$/.test(value) && Number(value) >= min
      ? undefined
      : wrong(value, `no whole number of at least ${min}`, fallback);
}

function url(value: string): Problem | undefined {
  if (/^https?:\/\//i.test(value) && URL.canParse(value)) return undefined;
  return {
    problem: 'not a URL that starts with http:// or https://',
    used: 'It is ignored; without another collector nothing is traced',
  };
}

function propagators(value: string): Problem | undefined {
  const known = ['tracecontext', 'baggage', 'none'];
  const names = value.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return undefined;
  const rest = names.filter((name) => known.includes(name)).join(',') || undefined;
  return {
    rest,
    problem: `${quoted(unknown)} not known here; known are ${known.join(', ')}`,
    used: `Used: ${rest ?? 'the default, tracecontext,baggage'}`,
  };
}

function quoted(values: readonly string[]): string {
  const list = values.map((value) => `"${value}"`).join(', ');
  return `${list} ${values.length === 1 ? 'is' : 'are'}`;
}

/** Their parts that are right are used. */
function headers(list: string): Problem | undefined {
  const { right, wrong: bad } = readPairs(list, (name, value) => {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return value !== '';
  });
  if (bad === undefined) return undefined;
  const rest = right.join(',') || undefined;
  return { rest, problem: bad, used: rest === undefined ? 'It is ignored' : 'The others are used' };
}

/** By the specification, one wrong part makes all of them wrong. */
function resourceAttributes(list: string): Problem | undefined {
  const { wrong: bad } = readPairs(
    list,
    (name, value, encoded) => Math.max(name.length, value.length) <= 255 && !encoded.includes('='),
  );
  return bad === undefined ? undefined : { problem: bad, used: 'All of them are ignored' };
}

/**
 * Reads `name=value,name=value`.
 *
 * @param isRight may throw
 * @returns a clause that says which parts are wrong; it does not quote them, because they may be secrets
 */
function readPairs(
  pairs: string,
  isRight: (name: string, value: string, encodedValue: string) => boolean,
): { right: string[]; wrong: string | undefined } {
  const parts = pairs.split(',').filter((part) => part.trim() !== '');
  const verdicts = parts.map((part) => {
    const [, name = '', value = ''] = /^\s*([^=]*[^=\s])\s*=(.*)$/.exec(part) ?? [];
    try {
      return (
        name !== '' && isRight(decodeURIComponent(name), decodeURIComponent(value.trim()), value)
      );
    } catch {
      return false;
    }
  });
  const bad = verdicts.flatMap((verdict, index) => (verdict ? [] : [index + 1]));
  const list = new Intl.ListFormat('en-GB').format(bad.map(String));
  const subject = bad.length === 1 ? `part ${list}` : `parts ${list}`;
  const which =
    parts.length === 1 ? '' : `${subject} of ${parts.length} ${bad.length === 1 ? 'is' : 'are'} `;
  return {
    right: parts.filter((_, index) => verdicts[index]),
    wrong:
      bad.length === 0
        ? undefined
        : `${which}not name=value, with special characters percent-encoded`,
  };
}
