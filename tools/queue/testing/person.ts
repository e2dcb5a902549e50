import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { until } from '@libs/testing';

/** A terminal of which the test is the person. */
export class Person {
  readonly input = new PassThrough();
  /** Wide enough that no question is broken into lines. */
  readonly output = Object.assign(new PassThrough(), { columns: 500 });
  private shown = '';

  constructor() {
    this.output.setEncoding('utf8').on('data', (chunk: string) => {
      this.shown += stripVTControlCharacters(chunk);
    });
  }

  /** Types `keys` once the question is on the screen. */
  async answer(question: string, keys: string): Promise<void> {
    await until(() => this.shown.includes(question));
    this.shown = '';
    this.input.write(keys);
  }
}
