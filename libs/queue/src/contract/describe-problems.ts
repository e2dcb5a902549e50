import type { FieldProblem } from './parse-json';

/** `to: Invalid email address; subject: …`, for the message of an error. */
export function describeProblems(problems: readonly FieldProblem[]): string {
  return problems
    .map(({ field, problem }) => (field === '' ? problem : `${field}: ${problem}`))
    .join('; ');
}
