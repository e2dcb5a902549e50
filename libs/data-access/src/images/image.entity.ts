import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An uploaded image, as it came. */
@Entity('images')
export class Image {
  @PrimaryColumn('uuid')
  id!: string;

  /** From the content, not from what the client called it. */
  @Column('text', { name: 'content_type' })
  contentType!: string;

  /** In pixels, as stored in the file: before any rotation by its EXIF orientation. */
  @Column('integer')
  width!: number;

  @Column('integer')
  height!: number;

  /** Megabytes: not selected unless asked for. Kept here since api and worker may not share a disk. */
  @Column('bytea', { select: false })
  bytes!: Buffer;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
