import { defaultRepeatStrategy } from 'bullmq';

/*
 * The grammar is that of BullMQ, whose parser is used. What it accepts by mistake is refused here, and its handling of
 * time zones is replaced: see `local-time.ts`.
 */

/** BullMQ's aliases, as expressions of five or six fields. */
const ALIASES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@weekdays': '0 0 * * 1-5',
  '@weekends': '0 0 * * 0,6',
  '@daily': '0 0 * * *',
  '@hourly': '0 * * * *',
  '@minutely': '* * * * *',
  '@secondly': '* * * * * *',
};

/** BullMQ's parser takes `H` for a value that differs at each start of a process. */
const RANDOM_VALUE = /(^|,)H($|[(/,])/i;

/** A cron expression that fires at some time. */
export interface Cron {
  /** With five or six fields; an alias is replaced by what it means. */
  readonly expression: string;
  /** Whether it names no hour, so that it counts hours as they pass: see `nextCronTime`. */
  readonly everyHour: boolean;
}

/** What is wrong with a cron expression: a clause that follows the expression in a sentence. */
export class CronProblem {
  constructor(readonly problem: string) {}
}

export function parseCron(text: string): Cron | CronProblem {
  const trimmed = text.trim();
  if (trimmed.startsWith('@')) {
    const expression = ALIASES[trimmed.toLowerCase()];
    if (expression !== undefined) return cron(expression);
    return new CronProblem(`is no alias. Use one of ${Object.keys(ALIASES).join(', ')}`);
  }
  const fields = trimmed.split(/\s+/);
  if (trimmed === '' || fields.length < 5 || fields.length > 6) {
    const count = trimmed === '' ? 0 : fields.length;
    return new CronProblem(
      `has ${count} ${count === 1 ? 'field' : 'fields'}. Use five (minute, hour, day of month, month, ` +
        'day of week), or six with the second in front',
    );
  }
  if (fields.some((field) => RANDOM_VALUE.test(field))) {
    return new CronProblem(
      'holds H, which would be another value in each process. Use a value of your own',
    );
  }
  try {
    const expression = fields.join(' ');
    if (nextWallTime({ expression }, Date.UTC(2000, 0, 1)) !== undefined) return cron(expression);
    return new CronProblem('never fires: no month that it names has such a day. Use another day');
  } catch (error) {
    return new CronProblem(`cannot be read (${reasonOfParser(error)})`);
  }
}

function cron(expression: string): Cron {
  const fields = expression.split(' ');
  return { expression, everyHour: fields.at(-4) === '*' };
}

/**
 * The next time of day and calendar at which it fires, wherever that is.
 *
 * @param after a time of day and calendar, as milliseconds since 1970 in UTC; so is the result
 * @returns undefined if there is none
 */
export function nextWallTime({ expression }: Pick<Cron, 'expression'>, after: number) {
  return defaultRepeatStrategy(after, { pattern: expression, tz: 'UTC' });
}

/** Of days that no month has, the parser says only that they are invalid. */
function reasonOfParser(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.includes('explicit day of month')
    ? 'no month that it names has such a day, so it never fires'
    : message;
}
