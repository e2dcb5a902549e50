import {
  BadRequestException,
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

/** Explains a failed upload. Runs before the interceptor that reads the upload, and catches its error. */
@Injectable()
export class UploadProblemInterceptor implements NestInterceptor {
  constructor(@Inject(API_CONFIG) private readonly config: ApiConfig) {}

  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError((error: unknown) => {
        throw this.explain(error);
      }),
    );
  }

  private explain(error: unknown): unknown {
    if (error instanceof ProblemException) return error;
    if (error instanceof PayloadTooLargeException) {
      const detail = `The file is larger than ${this.config.IMAGE_MAX_SIZE} bytes.`;
      return new ProblemException(problemDetails(413, detail));
    }
    return error instanceof BadRequestException
      ? ProblemException.invalid([{ field: 'file', message: error.message }])
      : error;
  }
}
