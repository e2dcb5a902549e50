import { withStartupLock } from '../startup-lock';

/** Takes the lock, prints a line, and keeps the lock until killed. */
void withStartupLock(process.argv[2] ?? '', () => {
  console.log('held');
  return new Promise<never>(() => setInterval(() => undefined, 1_000));
});
