export { IdempotencyDataModule } from './idempotency-data.module';
export { IdempotencyKey } from './idempotency-key.entity';
export { IDEMPOTENCY_KEY_AGE, IdempotencyKeys, type KeyedRequest } from './idempotency-keys';
export { KeyInUseError } from './key-in-use.error';
export { KeyReusedError } from './key-reused.error';
