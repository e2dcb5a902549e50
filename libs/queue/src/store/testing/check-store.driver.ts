import 'reflect-metadata';
import { acceptQueueStores } from '../backend-dispatcher';
import { openQueueStore } from '../open-queue-store';

/* A process that looks once whether the store that it is told can be used, and prints the answer. */

const [url = ''] = process.argv.slice(2);
acceptQueueStores();
const store = openQueueStore({ url });
void store
  .check()
  .then(
    () => 'usable',
    (error: unknown) => String(error),
  )
  .then(async (answer) => {
    console.log(answer);
    await store.close();
  });
