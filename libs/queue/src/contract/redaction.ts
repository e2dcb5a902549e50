import type { JobContract } from './job-contract';

/** Stands for a value that is not shown. */
export const REDACTED = '[redacted]';

/** Shorter texts are parts of too many others to be looked for. */
const SHORTEST = 3;

type Redacting = Pick<JobContract, 'redact'>;

/** A copy of a job's data without the values at the paths of `redact`. */
export function redactData(contract: Redacting | undefined, data: unknown): unknown {
  return (contract?.redact ?? []).reduce(
    (copy, path) => replaceAt(copy, path.split('.'), () => REDACTED),
    data,
  );
}

/** A text in which the values at those paths are replaced, wherever they occur. */
export function redactText(contract: Redacting | undefined, data: unknown, text: string): string {
  if (contract?.redact === undefined) return text;
  // The longest first: one may be a part of another.
  const values = hiddenValues(contract.redact, data).sort((a, b) => b.length - a.length);
  return values.reduce((shown, value) => shown.replaceAll(value, REDACTED), text);
}

/** An error of the same class whose message, stack and causes do not have those values. */
export function redactError(contract: Redacting | undefined, data: unknown, error: Error): Error {
  if (contract?.redact === undefined) return error;
  const copy = Object.create(
    Object.getPrototypeOf(error) as object,
    Object.getOwnPropertyDescriptors(error),
  ) as Error;
  const define = (key: string, value: unknown) =>
    Object.defineProperty(copy, key, { value, writable: true, configurable: true });
  define('message', redactText(contract, data, error.message));
  if (error.stack !== undefined) define('stack', redactText(contract, data, error.stack));
  if (error.cause !== undefined) {
    define(
      'cause',
      error.cause instanceof Error ? redactError(contract, data, error.cause) : REDACTED,
    );
  }
  return copy;
}

function hiddenValues(paths: readonly string[], data: unknown): string[] {
  const values = new Set<string>();
  for (const path of paths) {
    replaceAt(data, path.split('.'), (value) => {
      for (const text of textsIn(value)) values.add(text);
    });
  }
  return [...values];
}

/** The strings and numbers in a value, as a message would show them. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(textsIn);
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  return text.length < SHORTEST ? [] : [text, JSON.stringify(text).slice(1, -1)];
}

/** @returns a copy with the value at the path replaced; `*` stands for every key and every element */
function replaceAt(
  value: unknown,
  [key, ...rest]: readonly string[],
  replace: (value: unknown) => unknown,
): unknown {
  if (key === undefined) return replace(value);
  if (typeof value !== 'object' || value === null) return value;
  const isMeant = (name: string) => key === '*' || key === name;
  const change = (name: string, inner: unknown) =>
    isMeant(name) ? replaceAt(inner, rest, replace) : inner;
  if (Array.isArray(value)) {
    return value.map((inner: unknown, index) => change(String(index), inner));
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, change(name, inner)]),
  );
}
