/** The run of a schedule that a job is. */
export interface ScheduledRun {
  /** The schedule's name; `default`, if the contract has one schedule without a name. */
  readonly name: string;
  /** The time that it is for. The job may start later. */
  readonly at: Date;
  /** Whether it was started by hand; `at` is when, then. */
  readonly manual: boolean;
}

/** Of three parts, because BullMQ takes no other ids with colons; producers are refused all of them. */
const ID = /^(scheduled|manual):([a-z0-9-]+):(\d+)$/;

/** The id of a run's job. So there is one for each time, however many workers add it. */
export function scheduledRunId(name: string, at: number, { manual = false } = {}): string {
  return `${manual ? 'manual' : 'scheduled'}:${name}:${at}`;
}

/** @returns undefined if a job was not added by a schedule */
export function scheduledRunOf(id: string): ScheduledRun | undefined {
  const [, kind, name, at] = ID.exec(id) ?? [];
  if (name === undefined) return undefined;
  return { name, at: new Date(Number(at)), manual: kind === 'manual' };
}
