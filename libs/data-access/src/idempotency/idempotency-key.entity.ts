import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A request that a client has given a key to, and its answer. */
@Entity('idempotency_keys')
export class IdempotencyKey {
  /** What was asked for, such as `POST /reports`: a key means nothing to another route. */
  @PrimaryColumn('text')
  route!: string;

  /** As the client sent it. */
  @PrimaryColumn('text')
  key!: string;

  /** Tells whether a second request with this key is the same request. */
  @Column('text', { name: 'request_hash' })
  requestHash!: string;

  /** `null` only within the transaction that answers the first request. */
  @Column('jsonb', { nullable: true })
  answer!: unknown;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
