import * as Sentry from '@sentry/node';

/** Nothing is sent: the event is looked at before that. */
export async function work(): Promise<string> {
  const seen: string[] = [];
  Sentry.init({
    dsn: 'http://public@127.0.0.1:9/1',
    tracesSampleRate: 1,
    beforeSend: ({ exception, tags }) => {
      seen.push(`${exception?.values?.[0]?.value ?? ''} ${String(tags?.['job'])}`);
      return null;
    },
  });
  Sentry.withScope((scope) => {
    scope.setTag('job', 'sample');
    Sentry.captureException(new Error('out of paper'));
  });
  await Sentry.flush(1_000);
  await Sentry.close(1_000);
  return seen.join();
}
