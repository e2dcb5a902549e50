/** The file that a worker starts its children with was started by somebody else. */
export class SandboxAloneError extends Error {
  readonly userFacing = true;

  constructor() {
    super(
      'This file runs one processor for a worker, which starts it by itself. Start the worker: ' +
        '`node main.js`.',
    );
    this.name = 'SandboxAloneError';
  }
}
