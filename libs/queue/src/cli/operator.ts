import { hostname, userInfo } from 'node:os';

/** Who runs this command, for the log and the status of a queue: `ada@laptop`. */
export function operatorName(): string {
  return `${userName()}@${hostname()}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without a name, as in many containers.
    return 'unknown';
  }
}
