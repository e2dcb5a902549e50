import type { OptionProblem } from './invalid-option.errors';
import type { Rule } from './rule';

/**
 * The options as both stores take them.
 *
 * @param refuse makes the error for the first option that is not valid
 * @param name of what is checked, if it is not the options of something
 * @throws that error
 */
export function checkOptions<Options>(
  rule: Rule,
  options: Options,
  refuse: (problem: OptionProblem) => Error,
  name = '',
): Options {
  const checked = rule(options);
  // The rules keep the shape: they round numbers, and let everything else pass.
  if ('value' in checked) return checked.value as Options;
  const { path, expected } = checked;
  throw refuse({
    option: [name, ...path].filter((part) => part !== '').join('.'),
    value: valueAt(options, path),
    expected,
  });
}

function valueAt(options: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
    options,
  );
}
