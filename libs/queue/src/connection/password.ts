import type { PasswordSource } from '../options/password-source';
import { reasonOf } from '../text/reason-of';

/** The password of the next connection could not be had. Another attempt may succeed. */
export class UnreadablePassword extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`the function that returns its password ${reason}`, options);
    this.name = new.target.name;
  }
}

/**
 * Asks for the password of one connection.
 *
 * @throws UnreadablePassword if the function fails, or returns anything but a password.
 */
export async function readPassword(source: PasswordSource): Promise<string> {
  let password: unknown;
  try {
    password = await source();
  } catch (cause) {
    throw new UnreadablePassword(`has failed: ${reasonOf(cause)}`, { cause });
  }
  if (typeof password === 'string' && password !== '') return password;
  throw new UnreadablePassword(
    typeof password === 'string' ? 'returned an empty string' : 'returned no string',
  );
}
