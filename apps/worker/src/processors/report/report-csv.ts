/** The rows stored on one day, in UTC. */
export interface CountedDay {
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly notifications: number;
  readonly images: number;
}

/**
 * The report as CSV, RFC 4180: a header, and a line per day.
 *
 * Without quotes, since dates and whole numbers contain no comma, quote or line break.
 */
export function reportCsv(days: readonly CountedDay[]): string {
  const lines = days.map(({ day, notifications, images }) => `${day},${notifications},${images}`);
  return ['day,notifications,images', ...lines].map((line) => `${line}\r\n`).join('');
}
