import { setTimeout as pause } from 'node:timers/promises';
import NodeEnvironment from 'jest-environment-node';
import { OpenHandles } from './open-handles';

/** How long what was told to close may take to do so; `testEnvironmentOptions.closingMs` changes it. */
const CLOSING_MS = 10_000;

/** A test file has ended and left something open. */
export class LeakError extends Error {
  constructor(readonly left: readonly string[]) {
    super(
      'The tests of this file have ended, and left open:\n' +
        left.map((line) => `  ${line}`).join('\n') +
        '\nClose it in afterEach() or afterAll().',
    );
    this.name = 'LeakError';
    // Where this was found out says nothing.
    this.stack = `${this.name}: ${this.message}`;
  }
}

/**
 * Jest's node environment, and a check at the end of each test file that it has closed what it
 * opened. What it has not is closed for it, or Jest would wait for that and never end. An environment rather than a setup file: only here is there a moment after the last
 * afterAll() of the file, and access to the real process.
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
    this.handles.watchTimers(this.global);
  }

  /** Called by jest-circus; what is added to `unhandledErrors` fails the file. */
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
