import { withoutComments } from './without-comments';

/** A statement with the call of another function. */
export interface ReplacedCall {
  readonly text: string;
  /** How many parameters it had. */
  readonly count: number;
}

/**
 * A statement of BullMQ that calls a function of ours instead of its own.
 *
 * @param further what follows its parameters, by their count
 * @returns undefined if it does not call the function
 */
export function replacedCall(
  statement: string,
  name: string,
  becomes: string,
  further: (count: number) => string = () => '',
): ReplacedCall | undefined {
  const call = new RegExp(`\\b${name}\\(([^)]*)\\)`);
  const text = withoutComments(statement);
  const given = call.exec(text)?.[1];
  if (given === undefined) return undefined;
  const count = given.split(',').length;
  return { text: text.replace(call, () => `${becomes}(${given}${further(count)})`), count };
}
