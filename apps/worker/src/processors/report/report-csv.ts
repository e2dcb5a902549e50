import type { DailyCount } from './daily-counts';

/**
 * The report as CSV, RFC 4180: a header, and a line per day.
 *
 * Without quotes, since dates and whole numbers contain no comma, quote or line break.
 */
export function reportCsv(counts: readonly DailyCount[]): string {
  const lines = counts.map(({ day, notifications, images }) => `${day},${notifications},${images}`);
  return ['day,notifications,images', ...lines].map((line) => `${line}\r\n`).join('');
}
