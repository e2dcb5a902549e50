import 'reflect-metadata';
import { acceptQueueStores } from '../backend-dispatcher';
import { openQueueStore } from '../open-queue-store';

/* A process that checks once whether the store given by its URL is usable, and prints the result. */

const [url = ''] = process.argv.slice(2);
acceptQueueStores();
void openQueueStore({ url, answerTimeout: 1_000 }).then(async (store) => {
  const answer = await store.check().then(
    () => 'usable',
    (error: unknown) => String(error),
  );
  console.log(answer);
  await store.close();
});
