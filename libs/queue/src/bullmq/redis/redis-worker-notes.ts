import type { Commands } from './redis-cancel-marks';
import { type NotedWorker, NOTE_KEPT, type WorkerNotes } from '../worker-notes';

/** After the prefix of a queue: a set of names, and the key of each note. An id of a job may not hold a colon. */
const NAMES = { all: 'workers:names', note: 'workers:note:' };

/** KEYS: the names, the note. ARGV: the name, the note. */
const KEEP = `
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('SET', KEYS[2], ARGV[2], 'PX', ${NOTE_KEPT})`;

/** KEYS: the names, the note. ARGV: the name. */
const REMOVE = `
redis.call('SREM', KEYS[1], ARGV[1])
redis.call('DEL', KEYS[2])`;

/**
 * KEYS: the names. ARGV: what the keys of the notes begin with. How old a note is, is seen by how long it is kept
 * still: an account need not have the right to ask for the time.
 */
const READ = `
local found = {}
for _, name in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local note = redis.call('GET', ARGV[1] .. name)
  if note then found[#found + 1] = {name, note, ${NOTE_KEPT} - redis.call('PTTL', ARGV[1] .. name)}
  else redis.call('SREM', KEYS[1], name) end
end
return found`;

/** In keys of their own, beside those of BullMQ. */
export class RedisWorkerNotes implements WorkerNotes {
  readonly renewal = 15_000;

  constructor(private readonly commands: Commands) {}

  async keep(name: string, notes: ReadonlyMap<string, string>): Promise<void> {
    await Promise.all([...notes].map(([queue, note]) => this.run(KEEP, queue, name, note)));
  }

  async remove(name: string, queues: readonly string[]): Promise<void> {
    await Promise.all(queues.map((queue) => this.run(REMOVE, queue, name)));
  }

  async read(queues: readonly string[]): Promise<NotedWorker[]> {
    const each = queues.map(async (queue) => {
      const prefix = this.commands.keyPrefixOf(queue);
      const found = (await this.commands.run((client) =>
        client.eval(READ, 1, prefix + NAMES.all, prefix + NAMES.note),
      )) as [string, string, number][];
      return found.map(([name, note, age]) => ({ queue, name, note, age: Math.max(0, age) }));
    });
    return (await Promise.all(each)).flat();
  }

  private run(script: string, queue: string, name: string, ...args: string[]): Promise<unknown> {
    const prefix = this.commands.keyPrefixOf(queue);
    return this.commands.run((client) =>
      client.eval(script, 2, prefix + NAMES.all, prefix + NAMES.note + name, name, ...args),
    );
  }
}
