import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What happened in a run, one JSON object a line, in the order in which it happened. */
export class EventLog {
  private readonly started = performance.now();

  constructor(readonly file: string) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
  }

  /** Written at once, so that nothing is missing if this process ends. */
  write(event: string, details: Record<string, unknown> = {}): void {
    const ms = Math.round(performance.now() - this.started);
    appendFileSync(this.file, `${JSON.stringify({ ms, event, ...details })}\n`);
  }
}
