import { existsSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { isAbsolute, join, relative, sep } from 'node:path';
import { packageNameOf } from '../bundle/npm-package';
import { PluginError } from '../workspace/plugin.error';
import type { WhyOptions } from './why-options';
import { packageManager } from '../workspace/package-manager';

/**
 * `why` is asked about nothing, about two things at once, or about what is neither a package nor a file of the
 * workspace.
 *
 * To do: pass either `--package=<name>` or `--file=<path>`.
 */
export class WhyQueryError extends PluginError {
  readonly code = 'QUEUE_PLUGIN_WHY_QUERY';
}

/** What is asked for: a package by name, or a file by its path relative to the workspace root. */
export type WhyQuery =
  /** `specifier` is what was asked for: `sharp/lib` for the package sharp. */
  { kind: 'package'; name: string; specifier: string } | { kind: 'file'; path: string };

/**
 * Reads the question. `cwd` is where the person is: a file may also be given relative to that.
 * Throws `WhyQueryError` if there is none, more than one, or one that is not the name of a package.
 */
export function readQuery(
  options: WhyOptions,
  project: string,
  { workspaceRoot, cwd }: { workspaceRoot: string; cwd: string },
): WhyQuery {
  const name = options.package?.trim() ?? '';
  const file = options.file?.trim() ?? '';
  if (name !== '' && file !== '') {
    throw new WhyQueryError('Pass either --package or --file, not both.');
  }
  if (file !== '') return { kind: 'file', path: findFile(file, workspaceRoot, cwd) };
  if (name !== '') {
    return { kind: 'package', name: packageName(name, project), specifier: name };
  }
  const run = `${packageManager().exec} queue why --project=${project}`;
  throw new WhyQueryError(
    'Pass what to look for, a package or a file:\n' +
      `  ${run} --package=<name>\n` +
      `  ${run} --file=<path>`,
  );
}

/** Of `sharp@0.35`, `sharp/lib` and `npm:sharp` it is sharp. */
function packageName(text: string, project: string): string {
  if (isBuiltin(text)) {
    throw new WhyQueryError(`"${text}" is part of Node.js and is never bundled.`);
  }
  if (/^\.{0,2}\//.test(text) || /\.[cm]?[jt]sx?$/.test(text) || text.includes('\\')) {
    const hint = `${packageManager().exec} queue why --project=${project} --file=${text}`;
    // highlight.js, chart.js and others are packages.
    if (text.includes('/') && !text.startsWith('@')) {
      throw new WhyQueryError(`"${text}" looks like a file, not a package. Run: ${hint}`);
    }
  }
  const name = packageNameOf(text.replace(/^npm:/, '')).replace(/(?<=.)@.*$/, '');
  if (/^(@[\w.~-]+\/)?[\w.~-]+$/.test(name)) return name;
  throw new WhyQueryError(`"${text}" is not the name of a package.`);
}

function findFile(text: string, workspaceRoot: string, cwd: string): string {
  const candidates = isAbsolute(text) ? [text] : [join(workspaceRoot, text), join(cwd, text)];
  const found = candidates.find((path) => existsSync(path));
  const path = relative(workspaceRoot, found ?? candidates[0] ?? text);
  if (path.startsWith('..') || isAbsolute(path)) {
    throw new WhyQueryError(`${text} is outside of the workspace.`);
  }
  if (found !== undefined && statSync(found).isDirectory()) {
    throw new WhyQueryError(`${text} is a folder. Pass one of its files.`);
  }
  return path.split(sep).join('/');
}
