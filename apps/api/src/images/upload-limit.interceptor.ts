import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  PayloadTooLargeException,
} from '@nestjs/common';
import { catchError, type Observable } from 'rxjs';
import { API_CONFIG, type ApiConfig } from '../config';
import { problemDetails } from '../http/problem-details';
import { ProblemException } from '../http/problem.exception';

/** Tells how large an upload may be, when one was too large. Stands before the interceptor that reads it. */
@Injectable()
export class UploadLimitInterceptor implements NestInterceptor {
  constructor(@Inject(API_CONFIG) private readonly config: ApiConfig) {}

  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError((error: unknown) => {
        if (!(error instanceof PayloadTooLargeException)) throw error;
        const detail = `The file is larger than ${this.config.IMAGE_MAX_SIZE} bytes.`;
        throw new ProblemException(problemDetails(413, detail));
      }),
    );
  }
}
