import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Image } from './image.entity';

/** One smaller rendition of an {@link Image}. */
@Entity('thumbnails')
export class Thumbnail {
  @PrimaryColumn('uuid', { name: 'image_id' })
  imageId!: string;

  /** Which rendition: a size of the thumbnail job. */
  @PrimaryColumn('text')
  size!: string;

  @Column('text', { name: 'content_type' })
  contentType!: string;

  /** In pixels. */
  @Column('integer')
  width!: number;

  @Column('integer')
  height!: number;

  @Column('bytea', { select: false })
  bytes!: Buffer;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** Thumbnails are deleted with their image. */
  @ManyToOne(() => Image, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'image_id', foreignKeyConstraintName: 'thumbnails_image_id_fkey' })
  image?: Image;
}
