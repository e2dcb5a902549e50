const numbers = new Intl.NumberFormat('en');
const times = new Intl.DateTimeFormat('en-GB', {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

export function count(value: number): string {
  return numbers.format(value);
}

/** `1 job`, `2 jobs`. */
export function counted(value: number, thing: string): string {
  return `${count(value)} ${thing}${value === 1 ? '' : 's'}`;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** In at most two units: `340 ms`, `2.4 s`, `3 min 5 s`, `2 d 4 h`. */
export function duration(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(1)} s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return pair(ms, MINUTE, 'min', SECOND, 's');
  if (ms < DAY) return pair(ms, HOUR, 'h', MINUTE, 'min');
  return pair(ms, DAY, 'd', HOUR, 'h');
}

function pair(ms: number, large: number, name: string, small: number, rest: string): string {
  const remainder = Math.floor((ms % large) / small);
  const first = `${Math.floor(ms / large)} ${name}`;
  return remainder === 0 ? first : `${first} ${remainder} ${rest}`;
}

/** In whole seconds and larger units, for what counts up or down. */
export function roughly(milliseconds: number): string {
  return duration(Math.max(SECOND, Math.round(milliseconds / SECOND) * SECOND)).replace(
    '.0 s',
    ' s',
  );
}

/** `3 min ago`, or `in 5 s`. */
export function relative(time: number, now: number): string {
  return time > now ? `in ${roughly(time - now)}` : `${roughly(now - time)} ago`;
}

/** In the visitor's zone: `29/11/2026, 10:05:06`. */
export function clock(time: number): string {
  return times.format(time);
}

/** For an attribute that is read by machines. */
export function iso(time: number): string {
  return new Date(time).toISOString();
}
