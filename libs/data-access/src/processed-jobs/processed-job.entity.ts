import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A job whose effect is in this database, and its result. */
@Entity('processed_jobs')
export class ProcessedJob {
  @PrimaryColumn('text')
  queue!: string;

  @PrimaryColumn('text', { name: 'job_id' })
  jobId!: string;

  /** Part of the key, because an emptied queue may reuse an id for a later job. */
  @PrimaryColumn('timestamptz', { name: 'added_at' })
  addedAt!: Date;

  /** Also `null` if it returned nothing. */
  @Column('jsonb', { nullable: true })
  result!: unknown;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
