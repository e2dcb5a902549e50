import { ONLY_SCHEDULE } from '../contract/job-schedule';
import type { LastRun, ScheduleStatus } from '../schedules/schedules';
import { table } from './table';

const SKIPPED = {
  overlap: 'an earlier run had not ended',
  missed: 'no worker was there',
  duplicate: 'an unfinished job had the same deduplication key',
};

/** A paragraph for each schedule. */
export function formatSchedules(schedules: readonly ScheduleStatus[], command: string): string {
  const [first] = schedules;
  if (first === undefined) return 'No schedules.';
  return [...schedules.flatMap(paragraph), `Run one now: ${command} --run=${titleOf(first)}`].join(
    '\n',
  );
}

function paragraph(schedule: ScheduleStatus): string[] {
  const { timezone, next, last, skipped, inEffect } = schedule;
  const rows = next.map(({ at, local }, index) => [
    index === 0 ? 'next' : '',
    local,
    at.toISOString(),
  ]);
  const facts = [
    ...(last === undefined ? ['last run  none'] : [`last run  ${describeRun(last)}`]),
    ...(skipped === undefined
      ? []
      : [`skipped   ${skipped.at.toISOString()}: ${SKIPPED[skipped.reason]}`]),
    ...table(rows.map(([label = '', ...cells]) => [label.padEnd(8), ...cells])),
    ...(next.length === 0 ? ['next      never'] : []),
    ...(inEffect
      ? []
      : ['not in effect: no worker with it has started, or another build has replaced it']),
  ];
  const zone = timezone === undefined ? '' : ` ${timezone}`;
  return [
    `${titleOf(schedule)}  ${schedule.expression}${zone}`,
    ...facts.map((line) => `  ${line}`),
    '',
  ];
}

function describeRun({ id, at, manual, outcome, endedAt }: LastRun): string {
  const how = manual ? 'by hand at' : 'for';
  const end = endedAt === undefined ? '' : ` at ${endedAt.toISOString()}`;
  return `${how} ${at.toISOString()}, ${outcome ?? 'not ended'}${end} (${id})`;
}

/** As `--run` takes it. */
function titleOf({ queue, name }: ScheduleStatus): string {
  return name === ONLY_SCHEDULE ? queue : `${queue}:${name}`;
}
