import type pg from 'pg';
import type { PasswordSource } from '../../options/password-source';
import { readPassword } from '../password';
import { TwoPasswordsError } from '../two-passwords.error';
import { locationOf } from './location';

/**
 * Makes a client ask for its password when it connects. `pg` takes a function too, and ignores it beside a URL.
 *
 * @param source undefined for the password in the URL
 */
export function usePassword(client: pg.Client, source: PasswordSource | undefined): void {
  if (source === undefined) return;
  // As `pg` defines it: hidden from those who print the client.
  Object.defineProperty(client, 'password', {
    value: () => readPassword(source),
    configurable: true,
    enumerable: false,
    writable: true,
  });
}

/** @throws TwoPasswordsError if there is a password in the URL and another one in the options. */
export function requireOnePassword(url: string, source: PasswordSource | undefined): void {
  const { password, searchParams } = new URL(url);
  if (source === undefined || (password === '' && !searchParams.has('password'))) return;
  throw new TwoPasswordsError(locationOf(url), 'password');
}
