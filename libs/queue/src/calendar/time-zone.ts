/** A moment in milliseconds since 1970; a wall time is what a clock on the wall shows, written as if it were UTC. */
type Milliseconds = number;

/** BullMQ's parser needs it, and so does everything else that has to know the offset of a zone. */
export class TimeZone {
  private static readonly known = new Map<string, TimeZone>();

  /** @returns undefined if there is no such zone */
  static find(name: string): TimeZone | undefined {
    let zone = TimeZone.known.get(name);
    if (zone === undefined) {
      try {
        zone = new TimeZone(name);
      } catch {
        return undefined;
      }
      TimeZone.known.set(name, zone);
    }
    return zone;
  }

  /** That of this process. */
  static own(): TimeZone {
    // Without TZ and a setting of the system, it is UTC.
    return TimeZone.find(Intl.DateTimeFormat().resolvedOptions().timeZone) as TimeZone;
  }

  private readonly format: Intl.DateTimeFormat;

  /** @throws RangeError if there is no such zone. */
  private constructor(readonly name: string) {
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** What a clock on the wall of this zone shows. */
  wallTime(moment: Milliseconds): Milliseconds {
    return moment + this.offset(moment);
  }

  /** How far the clocks of this zone are ahead of UTC, in milliseconds. */
  offset(moment: Milliseconds): Milliseconds {
    const whole = Math.floor(moment / 1_000) * 1_000;
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of this.format.formatToParts(whole)) parts[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
  }
}
