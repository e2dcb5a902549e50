import type { Isolation } from '../workspace/index';

/** Where an isolated processor runs, to be shown after its name. */
export function isolationNote(isolation: Isolation): string {
  return isolation === 'computed' ? 'isolated' : `in a ${isolation}`;
}
