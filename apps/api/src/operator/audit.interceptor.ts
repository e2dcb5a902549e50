import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  Logger,
  type NestInterceptor,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Observable } from 'rxjs';

/** Logs each request that changes something: `POST /dead-jobs/email/7/redrive from 10.0.0.7: 204`. */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  private readonly logger = new Logger('Audit');

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { method, originalUrl, ip = 'an unknown address' } = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    if (method !== 'GET' && method !== 'HEAD') {
      response.once('close', () => {
        const outcome = response.writableFinished ? response.statusCode : 'not answered';
        this.logger.log(`${method} ${originalUrl} from ${ip}: ${outcome}`);
      });
    }
    return next.handle();
  }
}
