import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isNativeError } from 'node:util/types';
import { Logger } from '@nestjs/common';
import * as z from 'zod';

/** Returns what a file holds now. */
export type Secret = () => Promise<string>;

/**
 * A file that holds a password, such as a mounted secret. It must hold one when the process starts, and is read again
 * at each call, so that a secret that is replaced needs no restart. One newline at its end does not count.
 *
 * If it cannot be read later, what it held before is used and a warning logged: a file that is missing for a moment
 * is no reason to refuse a password that may still be valid; the server says if it is not.
 */
export function secretFile() {
  return z.string().transform((path, context): Secret => {
    try {
      return new SecretFile(path, secretIn(readFileSync(path, 'utf8'))).read;
    } catch (error) {
      context.addIssue(`names ${path}, which ${problemOf(error)}`);
      return z.NEVER;
    }
  });
}

/** The file can be read, and does not hold one password. */
class NoSecretError extends Error {}

class SecretFile {
  private readonly logger = new Logger('Secrets');
  private isReadable = true;

  constructor(
    private readonly path: string,
    private last: string,
  ) {}

  readonly read = async (): Promise<string> => {
    try {
      // By its path, each time: a mounted secret is replaced by another link.
      this.last = secretIn(await readFile(this.path, 'utf8'));
      this.isReadable = true;
    } catch (error) {
      if (this.isReadable) {
        this.logger.warn(
          `The file ${this.path} ${problemOf(error)}. The password that it held before is used until it is readable again.`,
        );
      }
      this.isReadable = false;
    }
    return this.last;
  };
}

function secretIn(text: string): string {
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw new NoSecretError('is empty: write the password into it');
  if (/[\r\n]/.test(secret)) {
    throw new NoSecretError('has several lines: it must hold the password and nothing else');
  }
  return secret;
}

function problemOf(error: unknown): string {
  if (error instanceof NoSecretError) return error.message;
  return `cannot be read: ${isNativeError(error) ? error.message : String(error)}`;
}
