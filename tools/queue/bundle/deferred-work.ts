import type { PackageChange } from './changed-packages.plugin';

/**
 * What packages of nearly every worker do when they are loaded, and few workers need: together a fifth of the CPU time
 * of a start. It changes when something is done, and never what.
 */
export const DEFERRED_WORK: readonly PackageChange[] = [
  {
    // Node 20 has no `navigator`, so pg makes a `Response` to learn whether it runs at Cloudflare. That loads all of fetch.
    package: 'pg',
    file: 'lib/stream.js',
    change: (text) => text.replace("typeof Response === 'function'", 'false'),
  },
  ...['services/console-logger.service.js', 'services/logger.service.js'].map((file) => ({
    // It loads the data of the locale, and a logger with a timestamp of its own never asks for it.
    package: '@nestjs/common',
    file,
    change: (text: string) => deferConstant(text, 'dateTimeFormatter'),
  })),
  // For the scripts of a Redis, its version and the jobs of a schedule.
  bullmq('classes/redis-connection.js', '../scripts'),
  bullmq('utils/index.js', 'semver'),
  bullmq('classes/job-scheduler.js', 'cron-parser'),
  // Each operator is a file, of which Nest uses a tenth.
  ...['dist/cjs/index.js', 'dist/cjs/operators/index.js'].map((file) => ({
    package: 'rxjs',
    file,
    change: deferRequires,
  })),
  // The driver of each database that it knows.
  { package: 'typeorm', file: 'driver/DriverFactory.js', change: deferRequires },
  // For the sandboxes of BullMQ.
  bullmq('classes/child.js', 'node:child_process'),
  bullmq('classes/child.js', 'node:worker_threads'),
];

function bullmq(file: string, request: string): PackageChange {
  return {
    package: 'bullmq',
    file: `dist/cjs/${file}`,
    change: (text) => deferRequire(text, request),
  };
}

/** Requires a module where it is used: a module is made once, so only the first use takes time. */
export function deferRequire(text: string, request: string): string {
  const declaration = new RegExp(
    String.raw`^(?:const|var) (\w+) = (require\("${escape(request)}"\));`,
    'm',
  );
  const [statement, name, call] = declaration.exec(text) ?? [];
  if (statement === undefined || name === undefined || call === undefined) return text;
  return replaceUses(text.replace(statement, ''), name, call);
}

/** The same for all modules that a file requires into constants. */
export function deferRequires(text: string): string {
  const calls = new Map<string, string>();
  const rest = text.replaceAll(
    /^(?:const|var) (\w+) = (require\("[^"]+"\));/gm,
    (_, name: string, call: string) => {
      calls.set(name, call);
      return '';
    },
  );
  return replaceNames(rest, String.raw`\w+`, (name) => calls.get(name));
}

/** Makes the object of a constant where it is used first. */
export function deferConstant(text: string, name: string): string {
  const declaration = new RegExp(String.raw`^const ${name} = (new [^;]*);`, 'm');
  const [statement, made] = declaration.exec(text) ?? [];
  if (statement === undefined || made === undefined) return text;
  // As many lines as before, for stack traces.
  const lines = '\n'.repeat(statement.split('\n').length - 1);
  const rest = replaceUses(text.replace(statement, lines), name, `(${name} ??= ${oneLine(made)})`);
  return `${rest}\nvar ${name};\n`;
}

function replaceUses(text: string, name: string, expression: string): string {
  return replaceNames(text, name, () => expression);
}

/** @param names a regular expression */
function replaceNames(
  text: string,
  names: string,
  expressionOf: (name: string) => string | undefined,
): string {
  const use = new RegExp(String.raw`(?<![.\w$"'])(new )?(${names})(?![\w$"':])`, 'g');
  return text.replaceAll(use, (whole, made: string | undefined, name: string) => {
    const expression = expressionOf(name);
    if (expression === undefined) return whole;
    // `new require("a").A()` would make a `require`.
    return made === undefined ? expression : `${made}(${expression})`;
  });
}

function oneLine(code: string): string {
  return code.replaceAll(/\s+/g, ' ');
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
