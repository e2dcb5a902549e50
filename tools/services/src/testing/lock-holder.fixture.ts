import { withStartupLock } from '../startup-lock';

/** Takes the lock, says so, and keeps it until it is killed. */
void withStartupLock(process.argv[2] ?? '', () => {
  console.log('held');
  return new Promise<never>(() => setInterval(() => undefined, 1_000));
});
