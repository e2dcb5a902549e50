import { Socket } from 'node:net';
import type { RedisOptions, SentinelConnectionOptions, SentinelConnector } from 'ioredis';
import type { PasswordSource } from '../../options/password-source';
import { readPassword, UnreadablePassword } from '../password';
import { joinWrites } from './joined-writes';
import { loggingIn, type Login } from './login';
import type { SentinelTarget } from './redis-target';
import { explainSentinels } from './sentinel-problem';
import { tlsOptions } from './tls-files';

type IORedis = typeof import('ioredis');
type Emit = Parameters<SentinelConnector['connect']>[0];

/** In milliseconds: how long one sentinel may take to connect, and to answer, until the next one is asked. */
const SENTINEL_TIMEOUT = 2_000;

/** In milliseconds: until a lost sentinel is listened to again. The others report a failover meanwhile. */
const LISTEN_AGAIN = 5_000;

/** What ioredis is given beside the target. */
interface SentinelWay {
  /** Set for the connection for commands, and not for those that wait. */
  readonly lazyConnect?: boolean | undefined;
  /** In milliseconds. */
  readonly connectTimeout: number;
  /** To the servers, if their password is not in the URL. */
  readonly login: Login | undefined;
  readonly sentinelPassword: PasswordSource | undefined;
}

interface Sentinels {
  readonly password: PasswordSource | undefined;
  /** Why none of them names the master. */
  readonly explain: (password: string | undefined) => Promise<Error>;
}

/**
 * How ioredis finds a master by its sentinels, each time it connects.
 *
 * The connection for commands alone listens to the sentinels: they would have three connections more for each
 * processor otherwise.
 */
export function sentinelOptions(
  ioredis: IORedis,
  target: SentinelTarget,
  { lazyConnect, connectTimeout, login, sentinelPassword }: SentinelWay,
): RedisOptions {
  const timeout = Math.min(SENTINEL_TIMEOUT, connectTimeout);
  const connector = connectorOf(ioredis, timeout, {
    password: sentinelPassword,
    explain: (current = target.sentinelPassword) =>
      lazyConnect === true
        ? explainSentinels(ioredis, { ...target, sentinelPassword: current }, timeout)
        : Promise.resolve(new Error('no sentinel names the master')),
  });
  return {
    sentinels: [...target.sentinels],
    name: target.master,
    // A server that is no master is left at once: the sentinels may not all know of a failover yet.
    role: 'master',
    failoverDetector: lazyConnect === true,
    sentinelUsername: target.sentinelUsername,
    sentinelPassword: target.sentinelPassword,
    ...(target.tls && { enableTLSForSentinelMode: true, sentinelTLS: tlsOptions(target) }),
    sentinelCommandTimeout: timeout,
    sentinelReconnectStrategy: () => LISTEN_AGAIN,
    // The connector below fails instead, so that the client counts it as a failed attempt.
    sentinelRetryStrategy: () => null,
    Connector: login === undefined ? connector : loggingIn(connector, login),
  };
}

/**
 * ioredis' way to the master, which ends an attempt if no sentinel knows it. By itself, it would either try again
 * within the same attempt, so that its callers wait for ever, or end the client.
 */
function connectorOf(ioredis: IORedis, timeout: number, { password, explain }: Sentinels) {
  return class extends ioredis.SentinelConnector {
    constructor(options: unknown) {
      super({ ...(options as SentinelConnectionOptions), connectTimeout: timeout });
    }

    override async connect(emit: Emit) {
      this.firstError = undefined;
      this.connecting = true;
      try {
        if (password !== undefined) this.options.sentinelPassword = await readPassword(password);
        if (this.isEnded()) throw new Error('Connection is closed.');
        return joinWrites(await this.findMaster(emit));
      } catch (error) {
        // An error would end the client for ever, and a failover that is reported meanwhile ends the attempt too.
        if (!this.isEnded()) {
          this.firstError =
            error instanceof UnreadablePassword
              ? error
              : await explain(this.options.sentinelPassword);
        }
        return new Socket().destroy();
      }
    }

    private isEnded(): boolean {
      return !this.connecting;
    }

    private async findMaster(emit: Emit) {
      let wasAsked = false;
      const noting: Emit = (type, error) => {
        wasAsked ||= type === 'sentinelError';
        emit(type, error);
      };
      return super.connect(noting).catch((error: unknown) => {
        // The list was at its end from the attempt before: no sentinel was asked (read in 5.11).
        if (wasAsked || !this.connecting) throw error;
        return super.connect(noting);
      });
    }
  };
}
