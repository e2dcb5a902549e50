import ts from 'typescript';
import { valueOf } from './module-exports';
import { propertyOf, unwrap } from './parse-source';

/**
 * How many jobs a worker runs at the same time, from the options of `@JobProcessor(emailJob, { … })`: `concurrency`, times
 * the `size` of a `batch`. Undefined if the source does not say so, as with a variable of the environment.
 *
 * @param values what the names of the file stand for
 */
export function readCapacity(
  options: ts.Expression | undefined,
  values: ReadonlyMap<string, ts.Expression>,
): number | undefined {
  if (options === undefined) return 1;
  const literal = unwrap(options);
  const isReadable =
    ts.isObjectLiteralExpression(literal) && !literal.properties.some(ts.isSpreadAssignment);
  if (!isReadable) return undefined;
  const batch = propertyOf(options, 'batch');
  const size = batch && propertyOf(valueOf(batch, values), 'size');
  if (batch !== undefined && size === undefined) return undefined;
  const concurrency = numberOf(propertyOf(options, 'concurrency'), values);
  const each = numberOf(size, values);
  return concurrency === undefined || each === undefined ? undefined : concurrency * each;
}

/** 1 if it is not there, as the runtime has it. */
function numberOf(
  expression: ts.Expression | undefined,
  values: ReadonlyMap<string, ts.Expression>,
): number | undefined {
  if (expression === undefined) return 1;
  const value = unwrap(valueOf(expression, values));
  return ts.isNumericLiteral(value) ? Number(value.text) : undefined;
}
