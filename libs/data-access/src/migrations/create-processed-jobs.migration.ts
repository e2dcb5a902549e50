import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateProcessedJobs implements MigrationInterface {
  readonly name = 'CreateProcessedJobs1764000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE processed_jobs (
        queue text NOT NULL,
        job_id text NOT NULL,
        added_at timestamptz NOT NULL,
        result jsonb,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (queue, job_id, added_at)
      )`);
    await runner.query('CREATE INDEX processed_jobs_created_at_idx ON processed_jobs (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE processed_jobs');
  }
}
