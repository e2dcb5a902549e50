import { HttpException } from '@nestjs/common';
import { problemDetails, type FieldProblem, type ProblemDetails } from './problem-details';

/** Answers a request with a problem. */
export class ProblemException extends HttpException {
  constructor(
    readonly problem: ProblemDetails,
    /** In seconds: when the same request may succeed. */
    readonly retryAfter?: number,
    options?: ErrorOptions,
  ) {
    super(problem, problem.status, options);
    this.message = problem.detail;
  }

  /** 400: the request violates its schema. Names each invalid field. */
  static invalid(errors: readonly FieldProblem[]): ProblemException {
    const names = errors.map(({ field }) => field || 'the body');
    const detail = `The request is invalid: see ${[...new Set(names)].join(', ')}.`;
    return new ProblemException(problemDetails(400, detail, errors));
  }

  /** 404 for a missing thing; if it may still appear, with the time to retry. */
  static notFound(detail: string, retryAfter?: number): ProblemException {
    return new ProblemException(problemDetails(404, detail), retryAfter);
  }
}
