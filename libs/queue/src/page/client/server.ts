import type { ActionReport, Failures, JobList, JobView, Overview } from '../page-data';

/** The server has answered that this cannot be done, or has not answered. */
export class FailedRequest extends Error {
  constructor(
    message: string,
    /** 0: no answer. */
    readonly status: number,
  ) {
    super(message);
  }
}

type Query = Record<string, string | undefined>;

async function ask<Answer>(method: string, path: string, query: Query = {}): Promise<Answer> {
  const given = Object.entries(query).filter((entry): entry is [string, string] =>
    Boolean(entry[1]),
  );
  const search = given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
  let response: Response;
  try {
    response = await fetch(`${path}${search}`, {
      method,
      headers: { accept: 'application/json', 'x-queue-page': '1' },
      cache: 'no-store',
    });
  } catch {
    throw new FailedRequest('The server does not answer.', 0);
  }
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  const body: unknown = isJson ? await response.json() : {};
  if (response.ok) return body as Answer;
  throw new FailedRequest(
    messageIn(body) ?? `The server answered ${response.status}.`,
    response.status,
  );
}

function messageIn(body: unknown): string | undefined {
  const message: unknown =
    typeof body === 'object' && body !== null ? Reflect.get(body, 'message') : undefined;
  return typeof message === 'string' ? message : undefined;
}

const of = (queue: string) => `data/queues/${encodeURIComponent(queue)}`;

export const server = {
  overview: () => ask<Overview>('GET', 'data/overview'),
  jobs: (queue: string, query: Query) => ask<JobList>('GET', `${of(queue)}/jobs`, query),
  failures: (queue: string) => ask<Failures>('GET', `${of(queue)}/failures`),
  job: (queue: string, id: string) => ask<JobView>('GET', `${of(queue)}/job`, { id }),
  find: (id: string) =>
    ask<{ jobs: { queue: string; id: string; state: string }[] }>('GET', 'data/find', { id }),
  act: (action: string, queue: string, query: Query) =>
    ask<ActionReport>('POST', `actions/${encodeURIComponent(queue)}/${action}`, query),
  logOut: () => ask<unknown>('POST', 'logout'),
};
