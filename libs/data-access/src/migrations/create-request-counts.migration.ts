import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Unlogged, since the counts of a minute need not survive a crash; half of each page is left for updates in place. */
export class CreateRequestCounts implements MigrationInterface {
  readonly name = 'CreateRequestCounts1764000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE UNLOGGED TABLE request_counts (
        key text PRIMARY KEY,
        requests integer NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      ) WITH (fillfactor = 50)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE request_counts');
  }
}
