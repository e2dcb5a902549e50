import type { TimeZone } from './time-zone';

/** A moment as a clock in a zone shows it, with its distance from UTC: `2026-11-30 03:00:00 +01:00`. */
export function localTime(moment: number, zone: TimeZone): string {
  const wall = new Date(zone.wallTime(moment)).toISOString();
  const minutes = Math.round(zone.offset(moment) / 60_000);
  const [sign, distance] = [minutes < 0 ? '-' : '+', Math.abs(minutes)];
  const parts = [Math.floor(distance / 60), distance % 60];
  const offset = parts.map((part) => String(part).padStart(2, '0')).join(':');
  return `${wall.slice(0, 10)} ${wall.slice(11, 19)} ${sign}${offset}`;
}
