import type { FieldProblem } from './parse-json';

/** For error messages: `to: Invalid email address; subject: …`. */
export function describeProblems(problems: readonly FieldProblem[]): string {
  return problems
    .map(({ field, problem }) => (field === '' ? problem : `${field}: ${problem}`))
    .join('; ');
}
