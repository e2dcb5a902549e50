import type { FieldProblem } from '../contract/parse-json';
import { describeProblems } from '../contract/describe-problems';

/** A dead job would fail again at once: the contract, as it is now, does not accept it. It stays dead. */
export class RedriveRefusedError extends Error {
  readonly userFacing = true;

  constructor(
    readonly queue: string,
    readonly id: string,
    readonly problems: readonly FieldProblem[],
  ) {
    super(
      `The job "${id}" was not redriven, its data breaks the contract of "${queue}": ` +
        `${describeProblems(problems)}. Make the contract accept it, or remove the job and add it again ` +
        'with the right data; forcing it makes the worker try all the same.',
    );
    this.name = new.target.name;
  }
}
