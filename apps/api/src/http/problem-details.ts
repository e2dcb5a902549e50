import { STATUS_CODES } from 'node:http';
import * as z from 'zod';

/** The media type of every error response. */
export const PROBLEM_JSON = 'application/problem+json';

const fieldProblemSchema = z.object({
  field: z
    .string()
    .describe('The field, such as `to` or `items[2].price`; empty for the body as a whole.'),
  message: z.string().describe('What is wrong with it.'),
});

/** A problem according to RFC 9457: https://www.rfc-editor.org/rfc/rfc9457 */
export const problemDetailsSchema = z
  .object({
    type: z.string().describe('The kind of problem; `about:blank` if the status says everything.'),
    title: z.string().describe('The kind of problem, in words.'),
    status: z.int().describe('The HTTP status.'),
    detail: z.string().describe('What happened, and what to do about it.'),
    instance: z.string().optional().describe('The requested path.'),
    errors: z.array(fieldProblemSchema).optional().describe('Every invalid field.'),
  })
  .meta({ description: 'A problem, RFC 9457.' });

export type ProblemDetails = z.output<typeof problemDetailsSchema>;
export type FieldProblem = z.output<typeof fieldProblemSchema>;

/** Problem details of an HTTP status. */
export function problemDetails(
  status: number,
  detail: string,
  errors?: readonly FieldProblem[],
): ProblemDetails {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    ...(errors && { errors: [...errors] }),
  };
}
