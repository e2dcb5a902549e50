import type { Failures, JobList, JobView, ListedState, Overview } from '../page-data';
import { jobView, missingView } from './job-view';
import { overviewView } from './overview-view';
import { queueView } from './queue-view';
import type { Filter, Route } from './route';
import { server, FailedRequest } from './server';

/** What a view needs, read at one time. */
export interface Content {
  readonly overview: Overview;
  readonly elements: HTMLElement[];
  readonly title: string;
}

/** Reads what a route shows, and draws it. */
export async function readContent(route: Route, canAct: boolean): Promise<Content> {
  const reading = server.overview();
  if (route.view === 'overview') {
    const overview = await reading;
    return { overview, elements: overviewView(overview, canAct), title: titleOf(overview) };
  }
  if (route.view === 'job') {
    const { queue, id } = route;
    const [overview, job] = await Promise.all([reading, orMissing(server.job(queue, id))]);
    const elements =
      typeof job === 'string' ? missingView(job) : jobView(job, overview.now, canAct);
    return { overview, elements, title: `${id} · ${queue}` };
  }
  const { queue, filter } = route;
  const overview = await reading;
  const state = route.state ?? firstState(overview, queue);
  const [jobs, failures] = await Promise.all([
    orMissing(server.jobs(queue, { state, ...asQuery(filter) })),
    orMissing(server.failures(queue)),
  ]);
  const elements = queueView({
    overview,
    queue,
    state,
    filter,
    jobs: known(jobs),
    failures: known(failures),
    canAct,
  });
  return { overview, elements, title: `${queue} · ${titleOf(overview)}` };
}

/** The message of what is not there; other errors are thrown. */
async function orMissing<Answer extends JobView | JobList | Failures>(
  asked: Promise<Answer>,
): Promise<Answer | string> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof FailedRequest && error.status === 404) return error.message;
    throw error;
  }
}

function known<Answer extends object>(answer: Answer | string): Answer | undefined {
  return typeof answer === 'string' ? undefined : answer;
}

/** Times as the server takes them. */
function asQuery({ text, from, to, after }: Filter): Record<string, string | undefined> {
  return { text, after, from: milliseconds(from), to: milliseconds(to) };
}

function milliseconds(local: string): string | undefined {
  const time = local === '' ? NaN : new Date(local).getTime();
  return Number.isNaN(time) ? undefined : String(time);
}

/** What a person who opens a queue wants to see: what failed, otherwise what runs or waits. */
function firstState({ queues }: Overview, name: string): ListedState {
  const queue = queues.find((each) => each.queue === name);
  if (queue === undefined || queue.failed > 0) return 'failed';
  if (queue.running > 0) return 'running';
  return queue.waiting + queue.due > 0 ? 'waiting' : 'completed';
}

/** Says in the tab of the browser what needs a person. */
function titleOf({ queues }: Overview): string {
  const dead = queues.reduce((sum, { failed }) => sum + failed, 0);
  return dead === 0 ? 'Queues' : `(${dead} dead) Queues`;
}
