import { readSettings } from '../program-settings';

/** The isolation of this topology, as options of `@JobProcessor`. */
export function isolation(): { isolation?: 'process' | 'thread' } {
  const { place } = readSettings();
  return place === 'thread' || place === 'process' ? { isolation: place } : {};
}
