import { createHash } from 'node:crypto';

/** The content of a request; Express and multer add these fields. */
export interface RequestContent {
  /** Path parameters. */
  params?: unknown;
  query?: unknown;
  body?: unknown;
  file?: { fieldname: string; buffer: Uint8Array };
}

/**
 * Identifies equal requests to a route: a hash of its parameters, and of a JSON body, or of the fields and
 * the file of a form. The order of keys and the whitespace of JSON are ignored, and so is the name of a
 * file.
 */
export function requestHash({ params, query, body, file }: RequestContent): string {
  const hash = createHash('sha256').update(canonicalJson([params, query, body]));
  if (file !== undefined) hash.update(`\n${file.fieldname}\n`).update(file.buffer);
  return hash.digest('base64');
}

/** The JSON of a value with sorted keys. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join()}}`;
}
