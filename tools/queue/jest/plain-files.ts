import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The files of packages that Jest loads as they are, remembered from one run to the next: looking at the
 * time of a file takes a fraction of reading it, and a spec loads some thousand of them.
 */
export class PlainFiles {
  private readonly known: Set<string>;
  private unsaved: string[] = [];

  /** `list`: where they are remembered. */
  constructor(private readonly list: string) {
    this.known = new Set(existsSync(list) ? readFileSync(list, 'utf8').split('\n') : []);
    process.once('exit', () => {
      this.save();
    });
  }

  has(file: string): boolean {
    return this.known.has(entryOf(file));
  }

  add(file: string): void {
    const entry = entryOf(file);
    this.known.add(entry);
    this.unsaved.push(entry);
    // A worker of Jest may be killed.
    if (this.unsaved.length >= 100) this.save();
  }

  private save(): void {
    if (this.unsaved.length === 0) return;
    mkdirSync(dirname(this.list), { recursive: true });
    appendFileSync(this.list, this.unsaved.map((entry) => `${entry}\n`).join(''));
    this.unsaved = [];
  }
}

function entryOf(file: string): string {
  const { ctimeMs, size } = statSync(file);
  return `${ctimeMs}:${size}:${file}`;
}
