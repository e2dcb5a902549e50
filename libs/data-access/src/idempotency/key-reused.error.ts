import { CodedError } from '@libs/config';

/**
 * The idempotency key was sent before, on the same route, with another request.
 *
 * To do: send a new request under a new key.
 *
 * @group Requests
 */
export class KeyReusedError extends CodedError {
  readonly code = 'IDEMPOTENCY_KEY_REUSED';

  constructor(
    readonly route: string,
    readonly key: string,
  ) {
    super(
      `The idempotency key "${key}" was used for a different request to ${route}. ` +
        'Send a new request under a new key.',
    );
  }
}
