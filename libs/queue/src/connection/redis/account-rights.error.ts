import { QueueError } from '../../errors/queue.error';

/**
 * The account of the Redis URL lacks rights that queues need: commands, or the keys of a queue. BullMQ's scripts need
 * a right to each command that they give.
 *
 * To do: grant them, as the message says, and do the same where the accounts are configured (the ACL file, or the
 * console of a managed Redis). A command that has another name on the server (`rename-command`) needs its own.
 *
 * @group Starting a process
 */
export class RedisRightsError extends QueueError {
  readonly code = 'REDIS_RIGHTS';
  override readonly userFacing = true;

  constructor(
    /** The store, without its password. */
    readonly store: string,
    readonly account: string,
    /** The commands that it may not run. */
    readonly commands: readonly string[],
    /** The patterns of the keys that it may not use. */
    readonly keys: readonly string[],
  ) {
    const lacks = [
      ...(commands.length > 0 ? [`the commands ${commands.join(', ')}`] : []),
      ...(keys.length > 0 ? [`the keys ${keys.join(', ')}`] : []),
    ];
    const grant = [...keys.map((key) => `~${key}`), ...commands.map((name) => `+${name}`)];
    super(
      `The account "${account}" of the Redis ${store} may not use what queues need: ${lacks.join(', and ')}. ` +
        `Grant it: \`ACL SETUSER ${account} ${grant.join(' ')}\`, and the same where its accounts are configured.`,
    );
  }
}
