import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { Request } from 'express';
import type { Observable } from 'rxjs';
import { ApiProblems } from '../docs/api-responses.decorator';
import {
  IDEMPOTENCY_KEY_HEADER,
  MAX_KEY_LENGTH,
  parseIdempotencyKey,
} from './idempotency-key.header';
import { IdempotentRequests } from './idempotent-requests';

/**
 * Makes requests to a route repeatable with an `Idempotency-Key` header: executed once, with the same
 * answer each time.
 *
 * The route must do its work in `IdempotentRequests.once`, as `RowsWithJobs.insert` does, and its module
 * must import `EnqueueModule` or `IdempotencyModule`.
 */
export function Idempotent(): MethodDecorator {
  return applyDecorators(
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: IDEMPOTENCY_KEY_HEADER,
      required: false,
      description:
        'Makes it safe to send this request again: under the same key it is processed once and answered ' +
        'the same. Use a UUID, for example. Keys are remembered for 24 hours.',
      schema: { type: 'string', minLength: 1, maxLength: MAX_KEY_LENGTH },
    }),
    ApiProblems(409, 422),
  );
}

@Injectable()
class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly requests: IdempotentRequests) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const content = context.switchToHttp().getRequest<Request>();
    const header = content.get(IDEMPOTENCY_KEY_HEADER);
    if (header === undefined) return next.handle();
    // Express types the matched route as any.
    const { path } = content.route as { path: string };
    const route = `${content.method} ${path}`;
    const key = parseIdempotencyKey(header);
    return this.requests.run({ route, key, content }, () => next.handle());
  }
}
