import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { AbstractConnector, NetStream } from './ioredis-types';
import { readPassword } from '../password';
import { rejectAfter } from '../../timing/reject-after';
import type { PasswordSource } from '../../options/password-source';

export interface Login {
  readonly username: string | undefined;
  readonly password: PasswordSource;
  /** In milliseconds: to get the password, to connect and to log in. */
  readonly timeout: number;
}

type Connect = AbstractConnector['connect'];

/** The server has no password, which is no reason not to use it. */
const NOT_NEEDED = /no password is set|without any password configured for the default user/;

/**
 * A way to the server that logs in before ioredis has the connection. ioredis itself reads the password when it
 * begins to connect, and not from a function.
 *
 * Each connection is made by one: those of the nodes of a cluster too, and those that ask them for their slots.
 */
export function loggingIn<Base extends new (options: unknown) => AbstractConnector>(
  base: Base,
  login: Login,
) {
  // A class that extends a parameter takes any arguments.
  abstract class Connecting extends (base as new (options: unknown) => AbstractConnector) {
    private attempts = 0;

    override async connect(...args: Parameters<Connect>): Promise<NetStream> {
      const attempt = (this.attempts += 1);
      this.connecting = true;
      this.firstError = undefined;
      let stream: NetStream | undefined;
      try {
        const password = await within(login.timeout, readPassword(login.password));
        if (this.isClosed() || attempt !== this.attempts) throw new Error('Connection is closed.');
        stream = await (base.prototype as AbstractConnector).connect.apply(this, args);
        // It failed before there was a connection, and has its reason.
        if (stream.destroyed) return stream;
        await within(login.timeout, authenticate(stream, login.username, password));
        return stream;
      } catch (error) {
        stream?.destroy();
        // Not an error, which would end the client for ever: a failover that is reported meanwhile closes it too.
        if (!this.isClosed()) this.firstError = error as Error;
        return new Socket().destroy();
      }
    }

    private isClosed(): boolean {
      return !this.connecting;
    }
  }
  return Connecting as unknown as Base;
}

/** Sends AUTH, and reads its answer: nothing else was asked. */
function authenticate(
  stream: NetStream,
  username: string | undefined,
  password: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const end = (settle: () => void): void => {
      stream.off('data', onData).off('error', onError).off('close', onClose);
      stream.pause();
      settle();
    };
    const onError = (error: Error): void => {
      end(() => {
        reject(error);
      });
    };
    const onClose = (): void => {
      onError(new Error('Connection is closed.'));
    };
    const onData = (data: Buffer): void => {
      answer += data.toString('latin1');
      if (!answer.includes('\r\n')) return;
      const problem = /^-(.*)/.exec(answer)?.[1];
      if (problem === undefined || NOT_NEEDED.test(problem)) end(resolve);
      else onError(new Error(problem));
    };
    const send = (): void => {
      stream.on('data', onData);
      stream.write(commandOf(['AUTH', ...(username === undefined ? [] : [username]), password]));
    };
    stream.on('error', onError).on('close', onClose);
    if (stream.connecting)
      stream.once(stream instanceof TLSSocket ? 'secureConnect' : 'connect', send);
    else send();
  });
}

function commandOf(words: readonly string[]): string {
  const lines = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${lines.join('')}`;
}

/** With Node's code, by which a connection that cannot be opened is recognised. */
function within<Value>(timeout: number, promise: Promise<Value>): Promise<Value> {
  return rejectAfter(timeout, promise, () =>
    Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT' }),
  );
}
