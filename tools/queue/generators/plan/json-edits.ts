import { isDeepStrictEqual } from 'node:util';
import { applyEdits, type JSONPath, modify, parse } from 'jsonc-parser';

/** A JSON file whose comments and order stay as they are. */
export class JsonText {
  private readonly indent: string;

  constructor(public text: string) {
    this.indent = /^([ \t]+)"/m.exec(text)?.[1] ?? '  ';
  }

  get(path: JSONPath): unknown {
    let value: unknown = parse(this.text);
    for (const key of path) {
      if (typeof value !== 'object' || value === null) return undefined;
      value = (value as Record<string | number, unknown>)[key];
    }
    return value;
  }

  set(path: JSONPath, value: unknown): void {
    const insertSpaces = !this.indent.startsWith('\t');
    const formattingOptions = { insertSpaces, tabSize: this.indent.length, eol: '\n' };
    this.text = applyEdits(this.text, modify(this.text, path, value, { formattingOptions }));
  }

  /** Unless something is there. */
  setDefault(path: JSONPath, value: unknown): void {
    if (this.get(path) === undefined) this.set(path, value);
  }

  /** Adds to a list, which may not be there yet. */
  append(path: JSONPath, value: unknown): void {
    const list = this.get(path);
    if (!Array.isArray(list)) this.set(path, [value]);
    else if (!list.some((entry) => isDeepStrictEqual(entry, value))) {
      this.set([...path, list.length], value);
    }
  }
}
