import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { API_CONFIG, type ApiConfig } from '../config';
import { problemDetails } from '../http/problem-details';
import { ProblemException } from '../http/problem.exception';

/** Admits operators: requests with `Authorization: Bearer <OPERATOR_TOKEN>`. */
@Injectable()
export class OperatorGuard implements CanActivate {
  constructor(@Inject(API_CONFIG) private readonly config: Pick<ApiConfig, 'OPERATOR_TOKEN'>) {}

  canActivate(context: ExecutionContext): boolean {
    const { OPERATOR_TOKEN: expected } = this.config;
    if (expected === undefined) {
      throw new ProblemException(
        problemDetails(
          403,
          'This route is for operators and is turned off. Set OPERATOR_TOKEN when starting the api to turn it on.',
        ),
      );
    }
    const request = context.switchToHttp().getRequest<Request>();
    const [, token = ''] = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (!isSame(token, expected)) {
      request.res?.setHeader('www-authenticate', 'Bearer');
      throw new ProblemException(
        problemDetails(401, 'Send the operator token: Authorization: Bearer <OPERATOR_TOKEN>.'),
      );
    }
    return true;
  }
}

/** Constant time; the hashes have equal lengths. */
function isSame(token: string, expected: string): boolean {
  const [a, b] = [token, expected].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
