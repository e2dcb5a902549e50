/** How many logins may fail before the next one has to wait. */
const FREE = { ofOneAddress: 5, inAll: 100 };

/** In milliseconds: the first wait, which doubles with each further failure, and the longest one. */
const WAIT = { first: 1_000, longest: 60_000 };

/** In milliseconds: failures are forgotten after that. */
const MEMORY = 15 * 60_000;

/** The most addresses that are remembered; the one that was quiet for longest is forgotten first. */
const ADDRESSES = 1_000;

const EVERYONE = '*';

interface Failures {
  readonly count: number;
  readonly at: number;
}

/** Slows logins down after failures: those of one address soon, all together if there are many. Of one process. */
export class LoginAttempts {
  private readonly failures = new Map<string, Failures>();

  /** For how long an address has to wait, in milliseconds; 0 if it may log in now. */
  wait(address: string, now = Date.now()): number {
    return Math.max(
      this.waitOf(address, FREE.ofOneAddress, now),
      this.waitOf(EVERYONE, FREE.inAll, now),
    );
  }

  failed(address: string, now = Date.now()): void {
    for (const key of [address, EVERYONE]) {
      const { count } = this.recent(key, now) ?? { count: 0 };
      // Last in the order of the map.
      this.failures.delete(key);
      this.failures.set(key, { count: count + 1, at: now });
    }
    for (const key of this.failures.keys()) {
      if (this.failures.size <= ADDRESSES) break;
      this.failures.delete(key);
    }
  }

  succeeded(address: string): void {
    this.failures.delete(address);
  }

  private waitOf(key: string, free: number, now: number): number {
    const failures = this.recent(key, now);
    if (failures === undefined || failures.count < free) return 0;
    const wait = Math.min(WAIT.longest, WAIT.first * 2 ** (failures.count - free));
    return Math.max(0, failures.at + wait - now);
  }

  private recent(key: string, now: number): Failures | undefined {
    const failures = this.failures.get(key);
    return failures !== undefined && failures.at + MEMORY > now ? failures : undefined;
  }
}
