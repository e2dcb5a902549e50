import { nextCronTime } from './cron-time';
import { type Cron, CronProblem, parseCron } from './cron';
import { TimeZone } from './time-zone';

const HOUR = 3_600_000;

function cron(text: string): Cron {
  const parsed = parseCron(text);
  if (parsed instanceof CronProblem) throw new Error(parsed.problem);
  return parsed;
}

function zone(name: string): TimeZone {
  const found = TimeZone.find(name);
  if (found === undefined) throw new Error(name);
  return found;
}

/** Every run from one moment to another, in UTC, to the minute. */
function runs(expression: string, name: string, from: string, to: string): string[] {
  const all: string[] = [];
  let moment: number | undefined = Date.parse(from) - 1;
  for (;;) {
    moment = nextCronTime(cron(expression), zone(name), moment);
    if (moment === undefined || moment > Date.parse(to)) return all;
    all.push(new Date(moment).toISOString().slice(5, 16));
  }
}

describe('the runs of a cron expression', () => {
  // The table of docs/guides/schedules.md, in its order.
  it.each([
    // Berlin: 02:00 becomes 03:00.
    ['30 2 * * *', 'Europe/Berlin', '2027-03-28T00:00Z', '2027-03-28T12:00Z', ['03-28T01:30']],
    [
      '*/15 2 * * *',
      'Europe/Berlin',
      '2027-03-28T00:00Z',
      '2027-03-28T12:00Z',
      ['03-28T01:00', '03-28T01:15', '03-28T01:30', '03-28T01:45'],
    ],
    ['0 2,3 * * *', 'Europe/Berlin', '2027-03-28T00:00Z', '2027-03-28T12:00Z', ['03-28T01:00']],
    [
      '0 * * * *',
      'Europe/Berlin',
      '2027-03-28T00:00Z',
      '2027-03-28T02:00Z',
      ['03-28T00:00', '03-28T01:00', '03-28T02:00'],
    ],
    // Berlin: 03:00 becomes 02:00.
    ['30 2 * * *', 'Europe/Berlin', '2026-10-24T22:00Z', '2026-10-25T12:00Z', ['10-25T00:30']],
    ['0 3 * * *', 'Europe/Berlin', '2026-10-24T22:00Z', '2026-10-25T12:00Z', ['10-25T02:00']],
    [
      '*/30 * * * *',
      'Europe/Berlin',
      '2026-10-25T00:00Z',
      '2026-10-25T02:00Z',
      ['10-25T00:00', '10-25T00:30', '10-25T01:00', '10-25T01:30', '10-25T02:00'],
    ],
    // Lord Howe: 02:00 becomes 02:30, and 02:00 becomes 01:30.
    [
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-03T13:00Z',
      '2026-10-04T12:00Z',
      ['10-03T15:45'],
    ],
    [
      '0,15,30,45 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-03T13:00Z',
      '2026-10-04T12:00Z',
      ['10-03T15:30', '10-03T15:45'],
    ],
    [
      '45 1 * * *',
      'Australia/Lord_Howe',
      '2027-04-03T13:00Z',
      '2027-04-04T12:00Z',
      ['04-03T14:45'],
    ],
    [
      '*/15 * * * *',
      'Australia/Lord_Howe',
      '2027-04-03T14:30Z',
      '2027-04-03T15:30Z',
      ['04-03T14:30', '04-03T14:45', '04-03T15:00', '04-03T15:15', '04-03T15:30'],
    ],
    // Cairo: midnight becomes 01:00.
    [
      '0 0 * * *',
      'Africa/Cairo',
      '2027-04-29T12:00Z',
      '2027-04-30T22:00Z',
      ['04-29T22:00', '04-30T21:00'],
    ],
    // Apia left out the 30th of December 2011.
    [
      '0 12 * * *',
      'Pacific/Apia',
      '2011-12-29T12:00Z',
      '2011-12-31T23:00Z',
      ['12-29T22:00', '12-30T22:00', '12-31T22:00'],
    ],
    // Days that not each month has.
    [
      '0 0 L * *',
      'UTC',
      '2028-01-01T00:00Z',
      '2028-04-01T00:00Z',
      ['01-31T00:00', '02-29T00:00', '03-31T00:00'],
    ],
    [
      '0 0 31 * *',
      'UTC',
      '2026-01-01T00:00Z',
      '2026-06-01T00:00Z',
      ['01-31T00:00', '03-31T00:00', '05-31T00:00'],
    ],
    ['0 0 29 2 *', 'UTC', '2026-01-01T00:00Z', '2032-12-31T00:00Z', ['02-29T00:00', '02-29T00:00']],
    ['0 9 * * 5L', 'UTC', '2026-01-01T00:00Z', '2026-03-01T00:00Z', ['01-30T09:00', '02-27T09:00']],
  ])('%s in %s from %s', (expression, name, from, to, expected) => {
    expect(runs(expression, name, from, to)).toEqual(expected);
  });

  it('on each day there is one run of a daily schedule, whenever the clocks are changed', () => {
    const changes = {
      'Europe/Berlin': ['2026-10-20', '2027-03-25'],
      'Africa/Cairo': ['2026-10-25', '2027-04-26'],
      'Australia/Lord_Howe': ['2026-10-01', '2027-04-01'],
      'America/Santiago': ['2026-09-03', '2027-04-01'],
    };
    for (const [name, starts] of Object.entries(changes)) {
      for (const start of starts) {
        const end = new Date(Date.parse(start) + 8 * 24 * HOUR).toISOString();
        for (const expression of ['0 0 * * *', '15 2 * * *', '59 23 * * *']) {
          const found = runs(expression, name, `${start}T12:00Z`, `${end.slice(0, 11)}12:00Z`);
          expect([name, start, expression, found.length]).toEqual([name, start, expression, 8]);
        }
      }
    }
  });

  it('there is one run an hour, however the clocks are changed', () => {
    const changes = { 'Europe/Berlin': '2027-03-27', 'Africa/Cairo': '2027-04-29' };
    for (const [name, start] of Object.entries(changes)) {
      let moment = Date.parse(start);
      for (const end = moment + 48 * HOUR; moment < end; moment += HOUR) {
        const next = nextCronTime(cron('0 * * * *'), zone(name), moment);
        expect([name, next]).toEqual([name, moment + HOUR]);
      }
    }
  });
});

describe('a cron expression', () => {
  it.each([
    ['0 3 * *', 'has 4 fields'],
    ['5', 'has 1 field.'],
    ['', 'has 0 fields'],
    ['0 0 0 1 1 * 2027', 'has 7 fields'],
    ['H 3 * * *', 'holds H'],
    ['0 H(0-5) * * *', 'holds H'],
    ['0 0 31 2 *', 'never fires'],
    ['0 0 30 2 *', 'never fires'],
    ['0 0 31 4,6 *', 'never fires'],
    ['60 * * * *', 'expected range 0-59'],
    ['0 0 LW * *', 'cannot be read'],
    ['@reboot', 'is no alias'],
  ])('%p is refused', (text, reason) => {
    const parsed = parseCron(text);
    expect(parsed).toBeInstanceOf(CronProblem);
    expect((parsed as CronProblem).problem).toContain(reason);
  });

  it.each(['0 3 * * *', ' 0  3 * * thu ', '*/10 * * * * *', '@daily', '0 0 29 2 *', '0 0 1 MAR *'])(
    '%p is accepted',
    (text) => {
      expect(parseCron(text)).not.toBeInstanceOf(CronProblem);
    },
  );
});
