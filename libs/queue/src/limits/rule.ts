/**
 * What is checked before a store gets it. These are plain functions, and no schemas: making schemas takes longer than
 * everything else that a worker checks when it starts, and these rules are also asked for each job that is added.
 */
export type Rule = (value: unknown) => Verdict;

export type Verdict = Passed | Refused;

export interface Passed {
  /** As the stores take it: rounded. */
  readonly value: unknown;
}

export interface Refused {
  /** Where it is within the value that was checked. */
  readonly path: readonly string[];
  /** What may be given in its place, to follow "Use". */
  readonly expected: string;
}

/** A value that satisfies `isValid`. */
export function matching(expected: string, isValid: (value: unknown) => boolean): Rule {
  const refused = { path: [], expected };
  return (value) => (isValid(value) ? { value } : refused);
}

/** A string that satisfies each check, of which the first that fails says what to use. */
export function string(checks: readonly (readonly [string, (text: string) => boolean])[]): Rule {
  return (value) => {
    const failed = checks.find(([, isValid]) => typeof value !== 'string' || !isValid(value));
    return failed === undefined ? { value } : { path: [], expected: failed[0] };
  };
}

/**
 * An object with rules for some of its keys; others pass. A key that is undefined or absent passes, unless `needed`
 * has it.
 */
export function object(rules: Readonly<Record<string, Rule>>, ...needed: readonly string[]): Rule {
  const entries = Object.entries(rules);
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return { path: [], expected: 'an object' };
    }
    const checked: Record<string, unknown> = { ...value };
    for (const [key, rule] of entries) {
      const given = checked[key];
      if (given === undefined && !needed.includes(key)) continue;
      const verdict = rule(given);
      if (!('value' in verdict)) {
        return { path: [key, ...verdict.path], expected: verdict.expected };
      }
      checked[key] = verdict.value;
    }
    return { value: checked };
  };
}

/** The JavaScript types of option values, as `typeof` says them. */
export type ValueType = 'boolean' | 'function' | 'number' | 'object' | 'string';

/** A value of one of several types. One of any other is refused in the words of the first. */
export function oneOf(rules: Readonly<Partial<Record<ValueType, Rule>>>): Rule {
  const [first = anything] = Object.values(rules);
  return (value) => {
    const type = typeof value;
    const rule = Object.hasOwn(rules, type) ? rules[type as ValueType] : undefined;
    return (rule ?? first)(value);
  };
}

/** One value besides those of a rule, such as `off`. */
export function valueOr(allowed: string | null, rule: Rule): Rule {
  return (value) => (value === allowed ? { value } : rule(value));
}

export const anything: Rule = (value) => ({ value });
