import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An uploaded image, unchanged. */
@Entity('images')
export class Image {
  @PrimaryColumn('uuid')
  id!: string;

  /** Detected from the content, not taken from the client. */
  @Column('text', { name: 'content_type' })
  contentType!: string;

  /** In pixels, as stored in the file: before any rotation by its EXIF orientation. */
  @Column('integer')
  width!: number;

  @Column('integer')
  height!: number;

  /** Megabytes, so not selected by default. In the database because api and worker may not share a disk. */
  @Column('bytea', { select: false })
  bytes!: Buffer;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
