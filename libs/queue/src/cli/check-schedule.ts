import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { type JobSchedule, readSchedules } from '../contract/job-schedule';
import { InvalidScheduleError } from '../contract/job-schedule.errors';

/** A schedule that is to be written into a contract; its data is not looked at. */
export interface CheckedSchedule {
  /** The contract's name. */
  job: string;
  schedule: { cron?: string; every?: string | number; timezone?: string };
}

/** Prints what is wrong with the schedule on the standard input, and sets the exit code. */
export async function runCheckSchedule(): Promise<void> {
  const { job, schedule } = JSON.parse(await text(process.stdin)) as CheckedSchedule;
  try {
    readSchedules(job, z.unknown(), schedule as JobSchedule);
  } catch (error) {
    if (!(error instanceof InvalidScheduleError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
