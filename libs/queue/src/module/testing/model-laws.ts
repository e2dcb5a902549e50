import type { JobState } from '../../queues/job-snapshot';
import { ATTEMPTS } from './model-jobs';
import { type Call, journal, type JobStory, type Started } from './model-journal';

/** The states of all jobs of a journal, by queue and id; undefined if there is no such job. */
export type States = ReadonlyMap<JobStory, JobState | undefined>;

/** What must be true of every job when nothing is going on any more. @returns each breach, a sentence */
export function breachesOf(states: States): string[] {
  journal.settleEarly();
  return [
    ...journal.breaches,
    ...[...states].flatMap(([story, state]) =>
      [
        ...endBreaches(story, state),
        ...lifeBreaches(story),
        ...cancelBreaches(story, state),
        ...pauseBreaches(story),
        ...parentBreaches(story, states),
      ].map((breach) => `${story.queue} ${story.id} ${breach}: ${JSON.stringify(story)}`),
    ),
  ];
}

/** Each job has ended once, in the way that its last attempt and the cancels allow. */
function endBreaches(story: JobStory, state: JobState | undefined): string[] {
  const { queue, starts, cancels } = story;
  const last = starts.at(-1);
  const returned = starts.filter(
    ({ end }, index) => end === 'returned' && !waitsAgain(story, index + 1),
  ).length;
  switch (state) {
    case 'completed':
      return returned === 1 && last?.end === 'returned' ? [] : [`completed ${returned} times`];
    case 'failed':
      // A parent may fail without being run.
      if (queue === 'flow' && last?.end !== 'returned') return [];
      return last?.end === 'threw' ? [] : [`failed, and its last attempt ${last?.end}`];
    case 'cancelled':
      if (returned > 0) return ['returned, and is cancelled'];
      return cancels.some(({ answer }) => isCancel(answer)) ? [] : ['is cancelled by no one'];
    case undefined:
      return ['is lost'];
    default:
      return [`is still ${state}`];
  }
}

/** Attempts count up, and begin again only after a redrive. */
function lifeBreaches(story: JobStory): string[] {
  const { starts, redrives, parent } = story;
  const breaches: string[] = [];
  for (const [index, start] of starts.entries()) {
    const before = starts[index - 1];
    if (before === undefined) {
      if (start.attempt !== 1) breaches.push(`began with attempt ${start.attempt}`);
    } else if (start.at < before.endedAt) {
      breaches.push('ran twice at the same time');
    } else if (waitsAgain(story, index)) {
      continue;
    } else if (before.end === 'returned') {
      breaches.push('ran again after it had returned');
    } else if (start.attempt === 1) {
      const isAllowed = redrives.some(({ to }) => to > before.at);
      if (!isAllowed) breaches.push('began again, and was not redriven');
    } else if (start.attempt !== before.attempt + 1 || start.attempt > ATTEMPTS) {
      breaches.push(`had attempt ${start.attempt} after attempt ${before.attempt}`);
    }
  }
  const lives = starts.filter(({ attempt }) => attempt === 1).length;
  // A child that has died again meanwhile is redriven once more, with its parent.
  const most = 1 + redrives.length * (parent === undefined ? 1 : 2);
  if (lives > most) breaches.push(`had ${lives} lives`);
  return breaches;
}

/** Whether an attempt at a parent begins because a child was redriven while the attempt before it ran. */
function waitsAgain({ queue, starts, redrives }: JobStory, index: number): boolean {
  const [before, start] = [starts[index - 1], starts[index]];
  if (queue !== 'flow' || before === undefined || start === undefined) return false;
  return redrives.some(({ from, to }) => to > before.at && from < start.at);
}

/** What a cancel answers is what happens, until the job is redriven. */
function cancelBreaches(story: JobStory, state: JobState | undefined): string[] {
  return story.cancels.flatMap((cancel) => {
    const { answer, to } = cancel;
    const isRedriven = story.redrives.some((redrive) => redrive.to > cancel.from);
    switch (answer) {
      case 'cancelled': {
        if (isRedriven) return [];
        if (story.starts.some(({ at }) => at > to)) return ['ran after it was cancelled'];
        return state === 'cancelled' ? [] : [`was cancelled, and is ${state}`];
      }
      case 'completed':
        return state === 'completed' ? [] : [`had completed, and is ${state}`];
      case 'failed':
        return isRedriven || state === 'failed' ? [] : [`had failed, and is ${state}`];
      case 'cancelling':
        return [];
      default:
        return [`was ${answer} for a cancel`];
    }
  });
}

/** No attempt begins in a pause whose job was added, or whose attempt before has ended, in that pause. */
function pauseBreaches({ queue, addedAt, starts }: JobStory): string[] {
  const pauses = journal.pauses.get(queue) ?? [];
  return starts.flatMap(({ at }, index) => {
    const since = starts[index - 1]?.endedAt ?? addedAt;
    const isPaused = pauses.some(({ from, to }) => from < since && at < to && at > from);
    return isPaused ? [`ran in a paused queue, ${at}`] : [];
  });
}

/** A parent fails with a child that it needs, and with no other; once all have completed, it can. */
function parentBreaches({ queue, id, cancels, starts }: JobStory, states: States): string[] {
  if (queue !== 'flow') return [];
  const own = [...states].filter(([child]) => child.parent?.id === id);
  const needed = own.filter(([child]) => child.parent?.isNeeded);
  const areComplete = needed.every(([, state]) => state === 'completed');
  const [, state] = [...states].find(([story]) => story.queue === 'flow' && story.id === id) ?? [];
  if (state === 'completed' && !areComplete) return ['completed without a child that it needs'];
  const hasOwnReason = cancels.some(({ answer }) => isCancel(answer)) || hasFailedItself(starts);
  if (state === 'failed' && areComplete && !hasOwnReason) {
    return ['has failed, and all that it needs has completed'];
  }
  return [];
}

function hasFailedItself(starts: readonly Started[]): boolean {
  return starts.at(-1)?.end === 'threw';
}

function isCancel(answer: Call<string>['answer']): boolean {
  return answer === 'cancelled' || answer === 'cancelling';
}
