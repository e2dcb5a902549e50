import type * as z from 'zod';
import type { OptionProblem } from './invalid-option.errors';

/**
 * The options as both stores take them.
 *
 * @param refuse makes the error for the first option that is not valid
 * @param name of what is checked, if it is not the options of something
 * @throws that error
 */
export function checkOptions<Options>(
  rules: z.ZodType,
  options: Options,
  refuse: (problem: OptionProblem) => Error,
  name = '',
): Options {
  const checked = rules.safeParse(options);
  // The rules keep the shape: they round numbers, and let everything else pass.
  if (checked.success) return checked.data as Options;
  const issue = deepest(checked.error.issues[0]);
  const path = issue?.path ?? [];
  throw refuse({
    option: [name, ...path.map(String)].filter((part) => part !== '').join('.'),
    value: valueAt(options, path),
    expected: issue?.message ?? '',
  });
}

type Issue = z.core.$ZodIssue;

/** Of an option that may be a number or an object, the problem of the one that was given. */
function deepest(issue: Issue | undefined): Issue | undefined {
  if (issue?.code !== 'invalid_union') return issue;
  const inner = issue.errors
    .map(([first]) => deepest(first))
    .filter((found) => found !== undefined);
  const found =
    inner.find(({ path }) => path.length > 0) ??
    inner.find(({ message }) => message.startsWith('a number'));
  return found === undefined ? issue : { ...found, path: [...issue.path, ...found.path] };
}

function valueAt(options: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
    options,
  );
}
