import { createHash } from 'node:crypto';
import { SCRIPT, STYLE } from './assets.generated';

/** A file of the page, by a name that changes with its content. */
export interface PageFile {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

export const SCRIPT_FILE = file('js', 'text/javascript; charset=utf-8', SCRIPT);
export const STYLE_FILE = file('css', 'text/css; charset=utf-8', STYLE);

export const FILES: readonly PageFile[] = [SCRIPT_FILE, STYLE_FILE];

function file(ending: string, type: string, text: string): PageFile {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return { name: `page-${hash}.${ending}`, type, text };
}
