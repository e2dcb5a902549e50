import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiBody, ApiResponse } from '@nestjs/swagger';
import type * as z from 'zod';
import { PROBLEM_JSON, problemDetailsSchema } from '../http/problem-details';
import { schemaRef } from './schema-registry';

const PROBLEMS = {
  400: 'The request is invalid. `errors` names each invalid field.',
  401: 'The operator token is missing or wrong.',
  403: 'Turned off in the configuration.',
  404: 'Not found, or not ready yet.',
  409: 'Not possible in the current state: the first request with this idempotency key is still in progress, the job is not dead, it has ended already, or jobs would be lost.',
  413: 'The body is too large.',
  415: 'The media type of the body is not supported.',
  422: 'The idempotency key was used for a different request.',
  429: 'The client has sent too many requests that change something. Try again after `Retry-After` seconds.',
  503: 'A store is unreachable. Try again after `Retry-After` seconds.',
} as const;

/** Documents the problems of a route. */
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

/** Documents a JSON body with the schema that validates it. */
export function ApiJsonBody(name: string, schema: z.ZodType): MethodDecorator {
  return ApiBody({ required: true, schema: schemaRef(name, schema) });
}

/** Answers 202 with a job, and documents it. */
export function ApiAccepted(name: string, schema: z.ZodType): MethodDecorator {
  return applyDecorators(
    HttpCode(202),
    ApiResponse({
      status: 202,
      description: 'Stored; a job was added that does the rest.',
      headers: {
        Location: {
          description: "URL of the job's status.",
          required: true,
          schema: { type: 'string', format: 'uri-reference' },
        },
      },
      content: { 'application/json': { schema: schemaRef(name, schema) } },
    }),
  );
}
