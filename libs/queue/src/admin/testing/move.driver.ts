import 'reflect-metadata';
import type { QueueStore } from '../../store/queue-store';
import { acceptQueueStores } from '../../store/backend-dispatcher';
import { openQueueStore } from '../../store/open-queue-store';
import { moveJobs } from '../move-jobs';
import { emailJob, mailJob } from './move.contracts';

/*
 * A process that moves all jobs of a queue, and is killed when it has sent the nth statement to the store. Arguments:
 * the store's URL, n.
 */

const [url = '', last = ''] = process.argv.slice(2);

let sent = 0;
function killAtLast<Answer>(answer: Promise<Answer>): Promise<Answer> {
  sent += 1;
  // By then the statement is on its way.
  if (sent === Number(last)) setImmediate(() => process.kill(process.pid, 'SIGKILL'));
  return answer;
}

function counted(store: QueueStore): QueueStore {
  const { access } = store;
  if (access.kind === 'memory') throw new Error('A process is killed, not a store.');
  const counting =
    access.kind === 'postgres'
      ? {
          ...access,
          query: <Row>(text: string, parameters?: readonly unknown[]) =>
            killAtLast(access.query<Row>(text, parameters)),
        }
      : {
          kind: access.kind,
          keyPrefixOf: (queue: string) => access.keyPrefixOf(queue),
          run: <Answer>(command: Parameters<typeof access.run<Answer>>[0]) =>
            killAtLast(access.run(command)),
        };
  return Object.create(store, { access: { value: counting } }) as QueueStore;
}

acceptQueueStores();
void openQueueStore({ url, applicationName: 'move' }).then((store) =>
  moveJobs(counted(store), { from: emailJob.name, to: mailJob.name }),
);
