import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What happened in a run, in order: one JSON object a line. */
export class EventLog {
  private readonly started = performance.now();

  constructor(readonly file: string) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
  }

  /** Writes synchronously, so that the log is complete if this process ends. */
  write(event: string, details: Record<string, unknown> = {}): void {
    const ms = Math.round(performance.now() - this.started);
    appendFileSync(this.file, `${JSON.stringify({ ms, event, ...details })}\n`);
  }
}
