import type * as z from 'zod';
import { describeConfig } from './describe-config';

/** A configuration: one zod field per environment variable. */
export type ConfigSchema = z.ZodObject;

/**
 * Declares the environment variables of an application.
 *
 * Every field is named after its variable and has a `.describe()`, whose text appears in the error for an
 * invalid variable and in the documentation. `.meta({ documentedIn })` on the object sets the documentation
 * that the error refers to.
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
