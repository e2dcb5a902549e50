import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateImages implements MigrationInterface {
  readonly name = 'CreateImages1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    // STORAGE EXTERNAL: images are already compressed, so Postgres should not try.
    await runner.query(`
      CREATE TABLE images (
        id uuid PRIMARY KEY,
        content_type text NOT NULL,
        width integer NOT NULL,
        height integer NOT NULL,
        bytes bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('ALTER TABLE images ALTER COLUMN bytes SET STORAGE EXTERNAL');
    await runner.query('CREATE INDEX images_created_at_idx ON images (created_at)');
    await runner.query(`
      CREATE TABLE thumbnails (
        image_id uuid NOT NULL
          CONSTRAINT thumbnails_image_id_fkey REFERENCES images (id) ON DELETE CASCADE,
        size text NOT NULL,
        content_type text NOT NULL,
        width integer NOT NULL,
        height integer NOT NULL,
        bytes bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (image_id, size)
      )`);
    await runner.query('ALTER TABLE thumbnails ALTER COLUMN bytes SET STORAGE EXTERNAL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE thumbnails');
    await runner.query('DROP TABLE images');
  }
}
