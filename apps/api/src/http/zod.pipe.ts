import type { PipeTransform } from '@nestjs/common';
import type * as z from 'zod';
import type { FieldProblem } from './problem-details';
import { ProblemException } from './problem.exception';

/** Parses client input; answers 400 with every invalid field if it violates the schema. */
export class ZodPipe<Schema extends z.ZodType> implements PipeTransform<unknown, z.output<Schema>> {
  constructor(private readonly schema: Schema) {}

  transform(value: unknown): z.output<Schema> {
    const parsed = this.schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw ProblemException.invalid(parsed.error.issues.flatMap(fieldProblems));
  }
}

function fieldProblems(issue: z.core.$ZodIssue): FieldProblem[] {
  if (issue.code === 'unrecognized_keys') {
    // zod reports unknown keys as one issue of the object that holds them.
    return issue.keys.map((key) => ({
      field: fieldName([...issue.path, key]),
      message: 'Unknown field',
    }));
  }
  return [{ field: fieldName(issue.path), message: issue.message }];
}

function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, key) => {
    if (typeof key === 'number') return `${name}[${key}]`;
    return name === '' ? String(key) : `${name}.${String(key)}`;
  }, '');
}
