import type { DynamicModule, Type } from '@nestjs/common';

/* What the program needs of the runtime of the workspace, which this plugin knows by tag only. */

export interface DeadRuntime<Job> {
  QueueModule: Type & {
    forRoot(options: {
      url: string;
      applicationName: string;
      connectTimeout: number;
      migrateHint: string;
    }): DynamicModule;
    forFeature(...jobs: readonly Job[]): DynamicModule;
  };
  DeadJobs: Type<DeadJobs>;
}

export interface DeadJobs {
  known(): string[];
  list(options: { queue?: string; limit?: number; cursor?: string }): Promise<Page>;
  get(queue: string, id: string): Promise<DeadJob>;
  log(queue: string, id: string): Promise<string[]>;
  redrive(queue: string, id: string, options: { force: boolean }): Promise<void>;
  redriveAll(queue: string, options: { force: boolean }): Promise<Report>;
  remove(queue: string, id: string): Promise<void>;
}

export interface Page {
  jobs: readonly DeadJob[];
  total: number;
  cursor: string | undefined;
}

export interface DeadJob {
  queue: string;
  id: string;
  data: unknown;
  failure: string;
  stack: string;
  attempts: { made: number; max: number };
  history: readonly { attempt: number; at: Date | undefined; error: string; stack: string }[];
  enqueuedAt: Date;
  startedAt: Date | undefined;
  failedAt: Date;
}

export interface Report {
  redriven: number;
  refused: readonly { id: string; reason: string }[];
}
