/**
 * A mistake that the person at the keyboard can mend: the message says what is wrong and what to do.
 * It has no stack, because Nx offers one whenever it finds one, and here it would say nothing.
 */
export class PluginError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.stack = '';
  }
}
