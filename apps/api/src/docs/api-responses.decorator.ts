import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiBody, ApiResponse } from '@nestjs/swagger';
import type * as z from 'zod';
import { PROBLEM_JSON, problemDetailsSchema } from '../http/problem-details';
import { schemaRef } from './schema-registry';

const PROBLEMS = {
  400: 'The request is not valid. Names each wrong field.',
  401: 'The operator token is missing or wrong.',
  403: 'It is turned off in the configuration.',
  404: 'There is no such thing, or it is not made yet.',
  409: 'It cannot be done as things are now: the first request with this idempotency key is still being answered, or the job is not dead.',
  413: 'The body is too large.',
  415: 'The body is of a type that is not accepted.',
  422: 'The idempotency key was used for another request.',
  503: 'A store does not answer. Try again after `Retry-After` seconds.',
} as const;

/** Documents the problems that a route answers with. */
export function ApiProblems(...statuses: (keyof typeof PROBLEMS)[]): MethodDecorator {
  return applyDecorators(
    ...statuses.map((status) =>
      ApiResponse({
        status,
        description: PROBLEMS[status],
        content: { [PROBLEM_JSON]: { schema: schemaRef('ProblemDetails', problemDetailsSchema) } },
      }),
    ),
  );
}

/** Documents a JSON body by the schema that it is validated with. */
export function ApiJsonBody(name: string, schema: z.ZodType): MethodDecorator {
  return ApiBody({ required: true, schema: schemaRef(name, schema) });
}

/** Answers 202 with a job, and documents it. */
export function ApiAccepted(name: string, schema: z.ZodType): MethodDecorator {
  return applyDecorators(
    HttpCode(202),
    ApiResponse({
      status: 202,
      description: 'Stored, and a job was added for the rest.',
      headers: {
        Location: {
          description: 'Where the job tells how far it is.',
          required: true,
          schema: { type: 'string', format: 'uri-reference' },
        },
      },
      content: { 'application/json': { schema: schemaRef(name, schema) } },
    }),
  );
}
