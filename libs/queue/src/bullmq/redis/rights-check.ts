import { probeRights } from '../../connection/redis/account-rights';
import { RedisRightsError } from '../../connection/redis/account-rights.error';
import type { RedisClient } from '../../connection/redis/redis-client';
import { DIRECT_COMMANDS, KEY, LIMIT_COMMANDS, SCRIPTED_COMMANDS } from './redis-commands';

/** In milliseconds: how long what was found is taken for granted. */
const VALID = 10_000;

/** An id of a job may not hold a colon, so no job has this key. */
const PROBE = 'rights:probe';

/** What is done with a queue. */
export interface QueueUse {
  readonly runsJobs: boolean;
  /** Whether its jobs have limits by key. */
  readonly limitsByKey?: boolean;
}

/** Checks whether the account may do what the queues of a process need. */
export class RightsCheck {
  /** By the start of the keys of each queue. */
  private readonly queues = new Map<string, QueueUse>();
  private checkedAt = -Infinity;

  constructor(
    private readonly client: RedisClient,
    private readonly location: string,
    private readonly account: string,
  ) {}

  /** @param base what the keys of the queue begin with, with the colon */
  add(base: string, use: QueueUse): void {
    const known = this.queues.get(base);
    if (known !== undefined && (known.runsJobs || !use.runsJobs)) return;
    this.queues.set(base, use);
    this.checkedAt = -Infinity;
  }

  /** An answer says that something has changed. */
  expire(): void {
    this.checkedAt = -Infinity;
  }

  /**
   * @param version of the server, or an empty string
   * @throws RedisRightsError with everything that is missing
   */
  async check(version: string): Promise<void> {
    if (performance.now() - this.checkedAt < VALID) return;
    const queues = [...this.queues];
    const lacking = await Promise.all(
      queues.map(async ([base, { runsJobs, limitsByKey = false }]) => ({
        base,
        ...(await probeRights(this.client, `${base}${PROBE}`, {
          direct: DIRECT_COMMANDS.filter(({ onlyWithJobs }) => runsJobs || !onlyWithJobs).map(
            ({ name, args }) => [name, ...args],
          ),
          scripted: limitsByKey ? [...SCRIPTED_COMMANDS, ...LIMIT_COMMANDS] : SCRIPTED_COMMANDS,
          placeholder: KEY,
          version,
        })),
      })),
    );
    const commands = [...new Set(lacking.flatMap((each) => each.commands))].sort();
    const keys = lacking.filter((each) => each.keys).map(({ base }) => `${base}*`);
    if (commands.length + keys.length > 0) {
      throw new RedisRightsError(this.location, this.account, commands, keys);
    }
    this.checkedAt = performance.now();
  }
}
