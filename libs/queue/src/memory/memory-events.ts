import { Signal } from './signal';

/** The fields of one event, as BullMQ's event reader takes them. */
export type EventFields = Readonly<Record<string, string | number>>;

/** The events of one queue, for those who watch its jobs. Kept from the first reader on. */
export class MemoryEvents {
  private readonly events: { readonly id: number; readonly fields: string[] }[] = [];
  /** Rung at each event. */
  readonly arrived = new Signal();
  private isRead = false;
  private last = 0;

  /** The id of the newest event. Later ones are kept. */
  latest(): string {
    this.isRead = true;
    return String(this.last);
  }

  add(event: string, fields: EventFields): void {
    if (!this.isRead) return;
    this.last += 1;
    const all = Object.entries<string | number>({ event, ...fields }).flatMap(([name, value]) => [
      name,
      String(value),
    ]);
    this.events.push({ id: this.last, fields: all });
    this.arrived.ring();
  }

  after(id: string): [string, string[]][] {
    const from = id === '$' ? this.last : Number(id);
    return this.events
      .filter((event) => event.id > from)
      .map((event) => [String(event.id), event.fields]);
  }
}
