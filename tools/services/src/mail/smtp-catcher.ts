import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import type { MailStore } from './mail-store';

/** Larger mails are refused, as by real servers; most accept 25 to 50 MB. */
const LIMIT_BYTES = 25_000_000;

/** A real SMTP server that accepts every mail and delivers none. */
export function createSmtpCatcher(store: MailStore, onUse: () => void): SMTPServer {
  return new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    size: LIMIT_BYTES,
    // For clients that keep their connection; the default is 30 s.
    closeTimeout: 1_000,
    onAuth: (auth, _session, done) => {
      done(null, { user: auth.username ?? 'anyone' });
    },
    onConnect: (_session, done) => {
      onUse();
      done();
    },
    onData: (stream, _session, done) => {
      buffer(stream)
        .then((source) => {
          if (stream.sizeExceeded) throw new MailTooLargeError();
          return store.add(source);
        })
        .then((id) => {
          onUse();
          done(null, `caught as ${id}`);
        }, done);
    },
  });
}

class MailTooLargeError extends Error {
  readonly responseCode = 552;

  constructor() {
    super(`Message exceeds ${LIMIT_BYTES} bytes`);
  }
}
