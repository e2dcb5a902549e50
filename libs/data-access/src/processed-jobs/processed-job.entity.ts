import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A job whose effect is in this database, and what it has returned. */
@Entity('processed_jobs')
export class ProcessedJob {
  @PrimaryColumn('text')
  queue!: string;

  @PrimaryColumn('text', { name: 'job_id' })
  jobId!: string;

  /** A queue that was emptied may give an id a second time, to a job that was added later. */
  @PrimaryColumn('timestamptz', { name: 'added_at' })
  addedAt!: Date;

  /** `null` as well if it has returned nothing. */
  @Column('jsonb', { nullable: true })
  result!: unknown;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
