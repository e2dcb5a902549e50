import * as z from 'zod';
import { NonRetryableError } from '../errors/non-retryable.error';
import { defineJob } from './define-job';
import { REDACTED, redactData, redactError, redactText } from './redaction';

const orderJob = defineJob({
  name: 'order',
  data: z.object({}),
  redact: ['card.number', 'recipients.*.address', 'secret'],
});
const data = {
  id: 7,
  card: { number: '4111-1111', holder: 'Ada' },
  recipients: [{ name: 'Bob', address: 'bob@example.com' }, { name: 'Eve' }],
  secret: { pin: 12345 },
};

describe('what a contract keeps from people', () => {
  it('is left out of its data, which itself is not changed', () => {
    expect(redactData(orderJob, data)).toEqual({
      id: 7,
      card: { number: REDACTED, holder: 'Ada' },
      recipients: [{ name: 'Bob', address: REDACTED }, { name: 'Eve' }],
      secret: REDACTED,
    });
    expect(data.card.number).toBe('4111-1111');
  });

  it('is replaced in texts, whatever says it', () => {
    const text = 'The card 4111-1111 of Ada (bob@example.com, 12345) was refused.';
    expect(redactText(orderJob, data, text)).toBe(
      'The card [redacted] of Ada ([redacted], [redacted]) was refused.',
    );
  });

  it('is replaced in an error and its causes; its class and fields stay', () => {
    const error = new NonRetryableError('4111-1111 was refused', {
      cause: new Error('bob@example.com'),
    });
    const shown = redactError(orderJob, data, error);
    expect(shown).toBeInstanceOf(NonRetryableError);
    expect(shown.message).toBe('[redacted] was refused');
    expect(shown.stack).not.toContain('4111-1111');
    expect(shown.cause).toMatchObject({ message: REDACTED });
    expect(error.message).toBe('4111-1111 was refused');
  });

  it('is nothing by default, nor where the data has another shape', () => {
    const plainJob = defineJob({ name: 'plain', data: z.object({}) });
    expect(redactData(plainJob, data)).toBe(data);
    for (const other of [null, 'text', [1], { card: null, recipients: 'none' }]) {
      expect(redactData(orderJob, other)).toEqual(other);
    }
  });

  it.each([['card..number'], [''], ['.a']])('is no path such as "%s"', (path) => {
    expect(() => defineJob({ name: 'order', data: z.object({}), redact: [path] })).toThrow(
      'redact',
    );
  });
});
