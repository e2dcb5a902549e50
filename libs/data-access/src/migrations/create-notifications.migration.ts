import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateNotifications implements MigrationInterface {
  // TypeORM orders by the last 13 digits. Explicit, because a bundler may rename the class.
  readonly name = 'CreateNotifications1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE notifications (
        id uuid PRIMARY KEY,
        recipient text NOT NULL,
        subject text NOT NULL,
        body text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX notifications_created_at_idx ON notifications (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE notifications');
  }
}
