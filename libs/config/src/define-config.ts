import type * as z from 'zod';
import { describeConfig } from './describe-config';

/** A configuration: one zod field an environment variable. */
export type ConfigSchema = z.ZodObject;

/**
 * Declares the environment variables of an application.
 *
 * Every field has the variable's name and carries `.describe()`: the same text is shown when the
 * variable is invalid and in the documentation. `.meta({ documentedIn })` on
 * the object names that documentation in the error.
 *
 * @throws TypeError if a variable has no description or its name is not in UPPER_CASE.
 */
export function defineConfig<Schema extends ConfigSchema>(schema: Schema): Schema {
  for (const { name, description } of describeConfig(schema)) {
    if (!/^[A-Z][A-Z0-9_]*$/.test(name)) {
      throw new TypeError(`The variable "${name}" is not a name in UPPER_CASE.`);
    }
    if (description === '') {
      throw new TypeError(`The variable ${name} has no description: add .describe('…') to it.`);
    }
  }
  return schema;
}
