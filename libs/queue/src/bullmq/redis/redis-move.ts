import type { RedisClient } from '../../connection/redis/redis-client';
import {
  type JobMove,
  type MovedState,
  type MoveSurvey,
  NAMED_IDS,
  type StayingJobs,
  type StayReason,
} from '../moved-jobs';
import { MOVE } from './redis-move.lua';

/** Jobs that one script reads. */
const CHUNK = 200;

/** The keys with ids of jobs that have not completed; the two lists first. */
const SETS = [
  'wait',
  'paused',
  'prioritized',
  'delayed',
  'failed',
  'waiting-children',
  'active',
] as const;

type Answer = [
  read: number,
  waiting: number,
  delayed: number,
  failed: number,
  staying: [id: string, reason: StayReason | ''][],
];

interface Queue {
  readonly name: string;
  /** What its keys begin with. */
  readonly prefix: string;
}

/** A move within one Redis: each script moves some hundred jobs. */
export class RedisMove implements JobMove {
  constructor(
    private readonly run: <Result>(
      command: (client: RedisClient) => Promise<Result>,
    ) => Promise<Result>,
    private readonly from: Queue,
    private readonly to: Queue,
  ) {}

  async survey(): Promise<MoveSurvey> {
    const movable = { waiting: 0, delayed: 0, failed: 0 };
    const staying = new Map<StayReason, { count: number; ids: string[] }>();
    for (const set of SETS) {
      for (let skip = 0; ;) {
        const [read, waiting, delayed, failed, others] = await this.evaluate(set, skip, false);
        movable.waiting += waiting;
        movable.delayed += delayed;
        movable.failed += failed;
        for (const [id, reason] of others) {
          if (reason === '') continue;
          const { count, ids } = staying.get(reason) ?? { count: 0, ids: [] };
          staying.set(reason, { count: count + 1, ids: [...ids, id].slice(0, NAMED_IDS) });
        }
        skip += read;
        if (read < CHUNK) break;
      }
    }
    const found = [...staying].map(([reason, jobs]): StayingJobs => ({ reason, ...jobs }));
    return { movable, staying: found };
  }

  async move(onStep: (state: MovedState, count: number) => void): Promise<void> {
    for (const set of SETS) {
      for (let skip = 0; ;) {
        const [read, waiting, delayed, failed, others] = await this.evaluate(set, skip, true);
        if (waiting > 0) onStep('waiting', waiting);
        if (delayed > 0) onStep('delayed', delayed);
        if (failed > 0) onStep('failed', failed);
        skip += others.length;
        if (read < CHUNK) break;
      }
    }
  }

  private evaluate(set: string, skip: number, isMove: boolean): Promise<Answer> {
    const { from, to } = this;
    const args = [from.prefix, to.prefix, from.name, to.name, set, skip, CHUNK, isMove ? 1 : 0];
    return this.run(
      async (client) =>
        (await client.eval(MOVE, 2, `${from.prefix}meta`, `${to.prefix}meta`, ...args)) as Answer,
    );
  }
}
