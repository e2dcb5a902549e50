import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateReports implements MigrationInterface {
  readonly name = 'CreateReports1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE reports (
        id uuid PRIMARY KEY,
        from_date date NOT NULL,
        to_date date NOT NULL,
        csv text,
        created_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE reports');
  }
}
