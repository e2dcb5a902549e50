import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Outcome } from './ledger';

interface Note {
  index: number;
  ids: readonly string[];
  /** Omitted when the transaction begins. */
  outcome?: Outcome;
}

/**
 * What one producer has tried, in a file that outlives it: a line when a transaction begins, and another
 * when it has ended.
 */
export class ProducerNotes {
  constructor(private readonly file: string) {}

  begin(index: number, ids: readonly string[]): void {
    this.write({ index, ids });
  }

  end(index: number, ids: readonly string[], outcome: Outcome): void {
    if (ids.length > 0) this.write({ index, ids, outcome });
  }

  /** The outcome of each job: `unknown` if the producer died before it knew. */
  outcomes(): Map<string, Outcome> {
    const outcomes = new Map<string, Outcome>();
    for (const { ids, outcome } of this.read()) {
      for (const id of ids) outcomes.set(id, outcome ?? 'unknown');
    }
    return outcomes;
  }

  /** The indexes of the transactions that were begun. */
  begun(): Set<number> {
    return new Set(this.read().map(({ index }) => index));
  }

  private read(): Note[] {
    if (!existsSync(this.file)) return [];
    const lines = readFileSync(this.file, 'utf8').split('\n');
    // A line is one small write, which a killed process has made or not. The last line is empty.
    return lines.slice(0, -1).map((line) => JSON.parse(line) as Note);
  }

  private write(note: Note): void {
    appendFileSync(this.file, `${JSON.stringify(note)}\n`);
  }
}
