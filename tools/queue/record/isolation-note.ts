import type { Isolation } from '../workspace/index';

/** Where an isolated processor runs, as it is said after its name. */
export function isolationNote(isolation: Isolation): string {
  return isolation === 'computed' ? 'isolated' : `in a ${isolation}`;
}
