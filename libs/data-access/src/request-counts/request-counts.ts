import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { Repository } from 'typeorm';
import { ExpirySweep } from '../expiry/expiry-sweep';
import type { RequestCount } from './request-count.entity';

export interface RequestCountsSettings {
  /** How long the requests of a client are added up, in milliseconds. */
  readonly window: number;
}

/** Counts the requests of each client, for all processes on one database. */
export class RequestCounts implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly expiry: ExpirySweep<RequestCount>;

  constructor(
    private readonly counts: Repository<RequestCount>,
    private readonly settings: RequestCountsSettings,
  ) {
    this.expiry = new ExpirySweep(counts, settings.window);
  }

  onApplicationBootstrap(): void {
    this.expiry.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.expiry.stop();
  }

  /**
   * Counts one request. The first one after a window begins the next window.
   *
   * @returns the requests of this window with this one, and how long the window still lasts, in milliseconds
   */
  async add(key: string): Promise<{ requests: number; endsIn: number }> {
    const [counted] = await this.counts.query<{ requests: number; endsIn: number }[]>(
      `INSERT INTO request_counts AS known (key, requests) VALUES ($1, 1)
       ON CONFLICT (key) DO UPDATE SET (requests, created_at) = (
         SELECT CASE WHEN is_over THEN 1 ELSE known.requests + 1 END,
                CASE WHEN is_over THEN now() ELSE known.created_at END
         FROM (SELECT known.created_at <= now() - $2 * interval '1 millisecond' AS is_over) AS age)
       RETURNING requests, ($2 - extract(epoch FROM now() - created_at) * 1000)::float8 AS "endsIn"`,
      [key, this.settings.window],
    );
    return counted ?? { requests: 0, endsIn: 0 };
  }
}
