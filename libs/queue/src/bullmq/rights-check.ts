import { probeRights } from '../connection/redis/account-rights';
import { RedisRightsError } from '../connection/redis/account-rights.error';
import type { RedisClient } from '../connection/redis/redis-client';
import { DIRECT_COMMANDS, KEY, SCRIPTED_COMMANDS } from './redis-commands';

/** In milliseconds: how long what was found is taken for granted. */
const VALID = 10_000;

/** An id of a job may not hold a colon, so no job has this key. */
const PROBE = 'rights:probe';

/** Checks whether the account may do what the queues of a process need. */
export class RightsCheck {
  /** The start of the keys of each queue, and whether its jobs are run here. */
  private readonly queues = new Map<string, boolean>();
  private checkedAt = -Infinity;

  constructor(
    private readonly client: RedisClient,
    private readonly location: string,
    private readonly account: string,
  ) {}

  /** @param base what the keys of the queue begin with, with the colon */
  add(base: string, { runsJobs }: { runsJobs: boolean }): void {
    const known = this.queues.get(base);
    if (known === true || known === runsJobs) return;
    this.queues.set(base, runsJobs);
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
      queues.map(async ([base, runsJobs]) => ({
        base,
        ...(await probeRights(this.client, `${base}${PROBE}`, {
          direct: DIRECT_COMMANDS.filter(({ onlyWithJobs }) => runsJobs || !onlyWithJobs).map(
            ({ name, args }) => [name, ...args],
          ),
          scripted: SCRIPTED_COMMANDS,
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
