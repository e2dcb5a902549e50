import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How many requests a client has sent in its present window. */
@Entity('request_counts')
export class RequestCount {
  /** Identifies the client. */
  @PrimaryColumn('text')
  key!: string;

  @Column('integer')
  requests!: number;

  /** When the window began. */
  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
