import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { describeProblem, type ProblemOf } from './describe-problem';
import { PROBLEM_JSON } from './problem-details';
import { WarningThrottle } from './warning-throttle';

/** Answers every failed request with problem details, and logs failures not caused by the client. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Request');
  private readonly warnings = new WarningThrottle();

  /** @param features map the errors of features to problems; the first match counts */
  constructor(private readonly features: readonly ProblemOf[]) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const { problem, retryAfter, cause } = describeProblem(error, this.features);
    this.log(`${request.method} ${request.path}`, problem.status, cause);

    if (response.headersSent) {
      // Too late for another answer; closing the connection at least shows that this one is incomplete.
      response.destroy();
      return;
    }
    if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
    response
      .status(problem.status)
      .type(PROBLEM_JSON)
      .send(JSON.stringify({ ...problem, instance: request.originalUrl.split('?', 1)[0] }));
  }

  private log(request: string, status: number, cause: unknown): void {
    if (status < 500) return;
    const reason = cause instanceof Error ? cause : new Error(String(cause));
    if (status !== 503) {
      this.logger.error(`${request}: ${reason.message}`, reason.stack);
      return;
    }
    const heldBack = this.warnings.pass(reason.message);
    if (heldBack === undefined) return;
    const others = heldBack === 0 ? '' : ` (${heldBack} more requests since the last report)`;
    this.logger.warn(`${request}: ${reason.message}${others}`);
  }
}
