import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  UseGuards,
} from '@nestjs/common';
import { ApiConsumes } from '@nestjs/swagger';
import type { Request } from 'express';
import { problemDetails } from './problem-details';
import { ProblemException } from './problem.exception';

/** Answers 415 to a request whose body has a different media type. */
export function Consumes(mediaType: string): MethodDecorator {
  return applyDecorators(UseGuards(new MediaTypeGuard(mediaType)), ApiConsumes(mediaType));
}

class MediaTypeGuard implements CanActivate {
  constructor(private readonly mediaType: string) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    // null: there is no body, which validation reports.
    if (request.is(this.mediaType) !== false) return true;
    const given = request.get('content-type') ?? 'none';
    throw new ProblemException(
      problemDetails(415, `Send the body as ${this.mediaType}; its type was ${given}.`),
    );
  }
}
