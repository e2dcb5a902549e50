import type { DailyCount } from './daily-counts';

/**
 * The report as CSV, RFC 4180: a header, and a line a day.
 *
 * Nothing is quoted, since dates and whole numbers never hold a comma, a quote or a line break.
 */
export function reportCsv(counts: readonly DailyCount[]): string {
  const lines = counts.map(({ day, notifications, images }) => `${day},${notifications},${images}`);
  return ['day,notifications,images', ...lines].map((line) => `${line}\r\n`).join('');
}
