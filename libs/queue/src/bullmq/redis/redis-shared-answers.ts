import type { Commands } from './redis-cancel-marks';
import type { Claim, SharedAnswers } from '../shared-answers';

/** After the prefix of a queue. An id of a job may not hold a colon, so no job has these keys. */
const NAMES = { claim: 'status:claim', answer: 'status:answer' };

/** In milliseconds: answers that nothing asks for any more are removed. */
const KEPT = 3_600_000;

/**
 * KEYS: the claim, the answer. ARGV: how old a claim may be.
 *
 * How long ago a queue was claimed is seen by how long its claim is kept still: an account need not have the right to
 * ask for the time.
 */
const CLAIM = `
local left = redis.call('PTTL', KEYS[1])
local isClaimed = left < 0 or ${KEPT} - left >= tonumber(ARGV[1])
if isClaimed then redis.call('SET', KEYS[1], '1', 'PX', ${KEPT}) end
return {isClaimed and 1 or 0, redis.call('GET', KEYS[2])}`;

/** In keys of their own, beside those of BullMQ. */
export class RedisSharedAnswers implements SharedAnswers {
  constructor(private readonly commands: Commands) {}

  async claim(queues: readonly string[], maxAge: number): Promise<Claim> {
    const answers = new Map<string, string>();
    const claimed: string[] = [];
    const ask = async (queue: string): Promise<void> => {
      const prefix = this.commands.keyPrefixOf(queue);
      const [isClaimed, answer] = (await this.commands.run((client) =>
        client.eval(CLAIM, 2, `${prefix}${NAMES.claim}`, `${prefix}${NAMES.answer}`, maxAge),
      )) as [number, string | null];
      if (isClaimed === 1) claimed.push(queue);
      if (answer !== null) answers.set(queue, answer);
    };
    await Promise.all(queues.map(ask));
    return { answers, claimed };
  }

  async store(answers: ReadonlyMap<string, string>): Promise<void> {
    const keep = ([queue, answer]: [string, string]) =>
      this.commands.run((client) =>
        client.set(`${this.commands.keyPrefixOf(queue)}${NAMES.answer}`, answer, 'PX', KEPT),
      );
    await Promise.all([...answers].map(keep));
  }
}
