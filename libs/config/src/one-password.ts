import { ConfigError } from './config.error';
import type { Secret } from './secret-file';

/** A URL may have several hosts, which `URL` cannot parse. */
const WITH_PASSWORD = /^[a-z+]+:\/\/[^@/?#]*:[^@/?#]+@/i;

/**
 * @param prefix of the two variables, such as `DATABASE`
 * @throws ConfigError if a URL has a password, and there is another one in a file.
 */
export function requireOnePassword(
  url: string | undefined,
  file: Secret | undefined,
  prefix: string,
): void {
  if (file === undefined || !WITH_PASSWORD.test(url ?? '')) return;
  throw new ConfigError([
    {
      name: `${prefix}_PASSWORD_FILE`,
      problem: `is set, and ${prefix}_URL has a password too: remove one of them`,
      description: 'A file with the password, in place of one in the URL.',
    },
  ]);
}
