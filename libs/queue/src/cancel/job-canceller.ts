import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import { CANCELLED, isCancelled, reasonOfCancel } from '../attempt/job-cancelled.error';
import type { CancelMarks, MarkOutcome } from '../bullmq/cancel-marks';
import { isVerdict } from '../bullmq/consume/kept-ends';
import {
  findForbiddenCharacters,
  replaceForbiddenCharacters,
} from '../contract/forbidden-characters';
import { checkOptions } from '../limits/check-options';
import { InvalidOptionError } from '../limits/invalid-option.errors';
import { timer } from '../limits/numbers';
import type { AnyObserver } from '../observe/queue-observer';
import { Deadline } from '../timing/deadline';
import type { CancelOptions, CancelOutcome } from './cancel-outcome';
import type { UnpublishedEntry, UnpublishedJobs } from './unpublished-jobs';

const REASON = 'The job was cancelled.';

/** In milliseconds: longer than a running job takes to be told, to end, and to be ended by force. */
const WAIT = 5_000;

/** In milliseconds: the pause between two looks at a job that runs. */
const PAUSE = { first: 50, longest: 250 };

/** In milliseconds: a claimed job whose canceller has gone is claimable again after that. */
const CLAIM = 10_000;

/**
 * Ends jobs as cancelled: in the store a failed job, whose failure begins with {@link CANCELLED}.
 *
 *     waits, is delayed, … ──mark and claim──▶ active, held by the canceller ──▶ failed
 *     runs ──mark──▶ runs ──its process polls the marks──▶ aborted ──▶ failed, or completed nevertheless
 *     marked, and lost by its worker or its canceller ──▶ failed by the worker that fetches it, without being run
 */
export class JobCanceller {
  constructor(
    private readonly marks: CancelMarks,
    private readonly unpublished: UnpublishedJobs,
    private readonly observer: Pick<AnyObserver, 'jobCancelled'>,
  ) {}

  async cancel(
    queue: Queue,
    id: string,
    { reason = REASON, wait = WAIT }: CancelOptions = {},
  ): Promise<CancelOutcome> {
    const limit = checkOptions(
      timer(0),
      wait,
      (problem) => new InvalidOptionError(`the cancel of the "${queue.name}" job ${id}`, problem),
      'wait',
    );
    // No store has such an id.
    if (id === '' || findForbiddenCharacters(id).length > 0) return 'not-found';
    const deadline = Deadline.after(limit);
    const failure = `${CANCELLED}${replaceForbiddenCharacters(reason)}`;
    const mark = () => {
      const token = `cancel:${randomUUID()}`;
      return this.marks
        .mark({ queue: queue.name, id, failure, token, lockDuration: CLAIM })
        .then((outcome) => ({ outcome, token }));
    };
    // A relay that is about to publish it has done so when it is removed. While the queue store is away it stays in the
    // outbox: a second try must not be told that there is no such job.
    const first = await this.unpublished.remove(queue.name, id, async (entry) => {
      if (entry !== undefined) await addHeld(queue, entry);
      return { wasUnpublished: entry !== undefined, marked: await mark() };
    });
    const { wasUnpublished } = first;
    let { marked } = first;
    let wasSeen = false;
    for (let pause = PAUSE.first; ; pause = Math.min(PAUSE.longest, pause * 1.5)) {
      const { outcome, token } = marked;
      if (outcome.found === 'claimed') {
        if (await end(queue, id, outcome.failure, token)) {
          return this.cancelled(queue, id, outcome.failure);
        }
      } else if (outcome.found === 'missing') {
        if (wasUnpublished) return this.cancelled(queue, id, failure);
        return wasSeen ? 'removed' : 'not-found';
      } else if (outcome.found !== 'running') {
        return ended(outcome);
      }
      wasSeen = true;
      if (deadline.remaining === 0) return 'cancelling';
      await sleep(Math.min(pause, deadline.remaining));
      marked = await mark();
    }
  }

  private cancelled({ name: queue }: Queue, id: string, failure: string): CancelOutcome {
    const reason = reasonOfCancel(failure);
    this.observer.jobCancelled({ queue, id, reason, wasRunning: false, duration: undefined });
    return 'cancelled';
  }
}

function ended(outcome: MarkOutcome): CancelOutcome {
  if (outcome.found === 'failed') return isCancelled(outcome.failure) ? 'cancelled' : 'failed';
  return outcome.found === 'completed' ? 'completed' : 'cancelling';
}

/**
 * Adds a job that is to be cancelled, and that no worker takes before it is marked: with its id in the queue, it stays
 * cancelled even if a relay that has lost the row in the middle of its work publishes it late.
 */
async function addHeld(queue: Queue, { name, data, options }: UnpublishedEntry): Promise<void> {
  const { delay = 0, timestamp = Date.now(), ...others } = options;
  // A delay counts from the timestamp.
  const held = Math.max(delay, Date.now() - timestamp + CLAIM);
  const opts = { ...others, timestamp, delay: held };
  // It must not keep others from being added.
  delete opts.deduplication;
  await queue.add(name, data, opts);
}

/**
 * Fails a claimed job as BullMQ does: with its events, for its parent, its deduplication and retention.
 *
 * @returns whether it was done; not if the claim was lost meanwhile
 */
async function end(queue: Queue, id: string, failure: string, token: string): Promise<boolean> {
  const job = await queue.getJob(id);
  if (job === undefined) return false;
  const { removeOnFail = false } = job.opts;
  try {
    // The job's own method would record a failed attempt.
    await queue
      .getBackend()
      .moveToFailed(job, failure, removeOnFail, token, false, { failedReason: failure });
    return true;
  } catch (error) {
    if (isVerdict(error)) return false;
    throw error;
  }
}
