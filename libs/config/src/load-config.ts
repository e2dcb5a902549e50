import * as z from 'zod';
import { ConfigError, type ConfigProblem } from './config.error';
import type { ConfigSchema } from './define-config';
import { describeConfig } from './describe-config';

/**
 * Reads a configuration from the environment and validates it as a whole.
 *
 * A variable set to the empty string (`PORT=`) counts as unset, because shells and .env files do not
 * distinguish the two.
 *
 * @throws ConfigError that names every invalid variable.
 */
export function loadConfig<Schema extends ConfigSchema>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>> = process.env,
): z.output<Schema> {
  const names = Object.keys(schema.shape);
  const input = Object.fromEntries(names.map((name) => [name, env[name]?.trim() || undefined]));
  const parsed = z.safeParse(schema, input);
  if (parsed.success) return parsed.data;

  const descriptions = new Map(describeConfig(schema).map((row) => [row.name, row.description]));
  const problems = new Map<string, ConfigProblem>();
  for (const issue of parsed.error.issues) {
    const name = String(issue.path[0] ?? names.join(', '));
    const problem = input[name] === undefined ? 'is not set' : lowerFirst(issue.message);
    // The first problem of a variable causes the others.
    if (!problems.has(name)) {
      problems.set(name, { name, problem, description: descriptions.get(name) ?? '' });
    }
  }
  throw new ConfigError([...problems.values()], documentedIn(schema));
}

function documentedIn(schema: ConfigSchema): string | undefined {
  const place = z.globalRegistry.get(schema)?.['documentedIn'];
  return typeof place === 'string' ? place : undefined;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
