import { createHash } from 'node:crypto';
import { loadAll } from 'js-yaml';

/** What the first line of every file of the base begins with. */
const MARK = '# DO NOT EDIT: written by @tools/queue:kubernetes and kept by `nx sync`';

/** Puts the line before a text that says where it comes from, and what it was. */
export function withHeader(body: string): string {
  return `${MARK} (${fingerprint(body)}). Change it in an overlay.\n${body}`;
}

/** A file of the base, as it is. */
export interface GeneratedFile {
  /** Of what was written; undefined if it has no header. */
  readonly written: string | undefined;
  /** Of what it holds. */
  readonly current: string;
}

export function readGenerated(text: string): GeneratedFile {
  const [first = '', ...rest] = text.split('\n');
  const written = first.startsWith(MARK) ? /\(([\da-f]{12})\)/.exec(first)?.[1] : undefined;
  return {
    written,
    current: fingerprint(written === undefined ? text : rest.join('\n')),
  };
}

/** The same for texts that say the same: a formatter may change quotes and line breaks, which is no edit. */
export function fingerprint(body: string): string {
  const comments = body
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('#'));
  return createHash('sha256')
    .update(JSON.stringify([comments, meaningOf(body)]))
    .digest('hex')
    .slice(0, 12);
}

function meaningOf(body: string): unknown {
  try {
    return loadAll(body);
  } catch {
    // Somebody has edited it, and it is no YAML any more.
    return body;
  }
}
