/** NUL and unpaired surrogates. Postgres stores neither; on Redis they are refused for consistency. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** Whether both stores can hold a string. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}
