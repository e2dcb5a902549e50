import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Counts of the rows stored on each day of a period, both ends included, in UTC. */
@Entity('reports')
export class Report {
  @PrimaryColumn('uuid')
  id!: string;

  /** `YYYY-MM-DD` */
  @Column('date', { name: 'from_date' })
  from!: string;

  /** `YYYY-MM-DD` */
  @Column('date', { name: 'to_date' })
  to!: string;

  /** `null` until the job has written it. In the database because api and worker may not share a disk. */
  @Column('text', { select: false, nullable: true })
  csv!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** `null` until the job has written the CSV. */
  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt!: Date | null;
}
