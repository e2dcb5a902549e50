import type { Redis } from 'ioredis';
import { textOf } from '../../text/reason-of';

/** The account may not run INFO, or the command was renamed, or a proxy does not know it. */
const UNAVAILABLE = /^NOPERM|^ERR unknown command/i;

type Callback = (error: unknown, info?: string) => void;

/**
 * Lets a connection work without INFO: where it is refused, its answer is an empty string.
 *
 * ioredis asks for it before it uses a connection. It prints a warning for each connection whose account may not,
 * and connects again without end where the command is unknown (read in 5.11).
 */
export function tolerateRefusedInfo(client: Redis): void {
  const info = client.info.bind(client) as (...sections: unknown[]) => Promise<string>;
  const tolerant = (...args: unknown[]): Promise<string> => {
    const callback = typeof args.at(-1) === 'function' ? (args.pop() as Callback) : undefined;
    const answer = info(...args).catch((error: unknown) => {
      if (UNAVAILABLE.test(textOf(error, 'message') ?? '')) return '';
      throw error;
    });
    if (callback !== undefined)
      answer.then((text) => {
        callback(null, text);
      }, callback);
    return answer;
  };
  client.info = tolerant;
}
