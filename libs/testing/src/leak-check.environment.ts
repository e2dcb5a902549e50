import { setTimeout as pause } from 'node:timers/promises';
import NodeEnvironment from 'jest-environment-node';
import { OpenHandles } from './open-handles';

/** How long handles being closed may take; set with `testEnvironmentOptions.closingMs`. */
const CLOSING_MS = 10_000;

/** Jest's own environment does the same for `Uint8Array` only. */
const TYPED_ARRAYS = [
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
];

/** A test file has left something open. */
export class LeakError extends Error {
  constructor(readonly left: readonly string[]) {
    super(
      'The tests of this file have ended, and left open:\n' +
        left.map((line) => `  ${line}`).join('\n') +
        '\nClose it in afterEach() or afterAll().',
    );
    this.name = 'LeakError';
    // The place of detection is meaningless.
    this.stack = `${this.name}: ${this.message}`;
  }
}

/**
 * Jest's node environment, plus a check at the end of each test file that it has closed what it opened. The
 * environment closes what is still open; otherwise Jest would wait for it and never end. This is not a
 * setup file, because only an environment can act after the last afterAll() of the file and access the real
 * process.
 */
export default class LeakCheckEnvironment extends NodeEnvironment {
  private readonly handles = new OpenHandles();
  private readonly closingMs: number;

  constructor(...args: ConstructorParameters<typeof NodeEnvironment>) {
    super(...args);
    const { closingMs = CLOSING_MS } = args[0].projectConfig.testEnvironmentOptions;
    this.closingMs = Number(closingMs);
  }

  override async setup(): Promise<void> {
    await super.setup();
    // Compiled code makes objects of the real process, and checks what it is given against those classes.
    for (const type of TYPED_ARRAYS) Object.assign(this.global, { [type.name]: type });
    this.handles.watchTimers(this.global);
  }

  /** Called by jest-circus; an error added to `unhandledErrors` fails the file. */
  async handleTestEvent(
    event: { name: string },
    state: { unhandledErrors: unknown[] },
  ): Promise<void> {
    if (event.name !== 'run_finish') return;
    const left = await this.leftOpen();
    this.handles.closeAll();
    if (left.length > 0) state.unhandledErrors.push(new LeakError(left));
  }

  private async leftOpen(): Promise<string[]> {
    const deadline = Date.now() + this.closingMs;
    for (;;) {
      const left = this.handles.list();
      if (left.length === 0 || Date.now() > deadline) return left;
      await pause(20);
    }
  }
}
