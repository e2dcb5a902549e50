import { readSettings } from '../program-settings';

/** The option of `@JobProcessor` that a topology is about. */
export function isolation(): { isolation?: 'process' | 'thread' } {
  const { place } = readSettings();
  return place === 'thread' || place === 'process' ? { isolation: place } : {};
}
