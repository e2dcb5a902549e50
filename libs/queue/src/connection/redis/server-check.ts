import { Logger } from '@nestjs/common';
import type { RedisClient } from './redis-client';
import type { RedisTarget } from './redis-target';
import { askServerInfo, requireSafeServer, type ServerInfo } from './server-info';
import { requireUsableKind, wrongKind } from './server-kind';
import type { RedisKindError } from './server-kind.error';

/** Checks what a server is: when it is first reached, and whenever readiness asks. */
export class ServerCheck {
  private readonly logger = new Logger('QueueStore');
  private hasWarned = false;
  private connectionError: unknown;

  constructor(
    private readonly client: RedisClient,
    private readonly target: RedisTarget,
  ) {
    client.on('error', (error: unknown) => {
      this.connectionError = error;
    });
    client.on('ready', () => {
      this.connectionError = undefined;
    });
  }

  /** Set while no connection can be made because the server is not a cluster. */
  get refusal(): RedisKindError | undefined {
    return wrongKind(this.connectionError, this.target);
  }

  /**
   * @returns what it has said
   * @throws RedisKindError if it is of another kind than its URL says, or of one that holds no queues.
   * @throws EvictionPolicyError if it evicts keys when its memory is full.
   * @throws RedisVersionError if it is too old.
   */
  async check(): Promise<ServerInfo> {
    const info = await askServerInfo(this.client);
    requireUsableKind(info, this.target);
    requireSafeServer(info, this.target.location);
    if (!this.hasWarned) {
      this.hasWarned = true;
      await this.warn(info);
    }
    return info;
  }

  private async warn({ isComplete, writesLog }: ServerInfo): Promise<void> {
    const { location } = this.target;
    if (!isComplete) {
      this.logger.warn(
        `The Redis ${location} does not answer INFO to this account, so it is not known whether it keeps its ` +
          'data and whether it evicts jobs. Allow it (`ACL SETUSER <user> +info`), or see to it yourself that ' +
          'maxmemory-policy is noeviction.',
      );
    } else if (!writesLog && (await this.savesNothing())) {
      this.logger.warn(
        `The Redis ${location} has no persistence: a restart loses all jobs. ` +
          'To keep them, run `redis-cli CONFIG SET appendonly yes`, and set the same in redis.conf.',
      );
    }
  }

  private async savesNothing(): Promise<boolean> {
    // A cloud provider's server may refuse CONFIG; its persistence is configured elsewhere.
    const answer = await this.client.config('GET', 'save').catch(() => undefined);
    return Array.isArray(answer) && answer[1] === '';
  }
}
