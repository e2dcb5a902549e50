import { DateTime, Interval } from 'luxon';

export function work(): string {
  const start = DateTime.fromISO('2027-03-28T00:00', { zone: 'Europe/Berlin' });
  const day = Interval.after(start, { days: 1 });
  return `${day.length('hours')} hours, ${start.setLocale('fr').toLocaleString(DateTime.DATE_FULL)}`;
}
