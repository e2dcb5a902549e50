import { CodedError } from '@libs/config';

/**
 * The first request with this idempotency key has not been answered yet.
 *
 * To do: send the same request again in a moment.
 *
 * @group Requests
 */
export class KeyInUseError extends CodedError {
  readonly code = 'IDEMPOTENCY_KEY_IN_USE';

  constructor(
    readonly route: string,
    readonly key: string,
    options?: ErrorOptions,
  ) {
    super(
      `The first request to ${route} with the idempotency key "${key}" is still in progress.`,
      options,
    );
  }
}
