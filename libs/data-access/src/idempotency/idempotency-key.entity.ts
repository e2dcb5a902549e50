import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A request with a client's key, and its answer. */
@Entity('idempotency_keys')
export class IdempotencyKey {
  /** The route, such as `POST /reports`: keys are separate per route. */
  @PrimaryColumn('text')
  route!: string;

  /** As sent by the client. */
  @PrimaryColumn('text')
  key!: string;

  /** Identifies the request, to detect a different one with the same key. */
  @Column('text', { name: 'request_hash' })
  requestHash!: string;

  /** `null` only within the transaction that answers the first request. */
  @Column('jsonb', { nullable: true })
  answer!: unknown;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
