import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { ParsedMail } from 'mailparser';
import type { SMTPServerSession } from 'smtp-server';

/** A received mail: its real recipients (the envelope) and its content. */
export interface ReceivedMail {
  from: string;
  to: string[];
  subject: string;
  text: string;
  html: string | undefined;
  messageId: string;
  mail: ParsedMail;
}

export interface TestSmtpServer {
  /** For SMTP_URL. */
  readonly url: string;
  /** Accepted mails, oldest first. */
  readonly messages: readonly ReceivedMail[];
  /** The number of mails received, including refused ones. */
  readonly attempts: number;
  /** Refuses the next mails: with 451 the sender should retry, with 550 it should not. */
  refuseNext(count: number, responseCode?: number): void;
  /** Holds the answers to mails, and so keeps senders waiting, until the returned function is called. */
  hold(): () => void;
  close(): Promise<void>;
}

/** Starts a real SMTP server on a free local port. It accepts all mail, and keeps it in memory. */
export async function startSmtpServer(): Promise<TestSmtpServer> {
  // Loaded lazily: most tests that import this library send no mail.
  const [{ simpleParser }, { SMTPServer }] = await Promise.all([
    import('mailparser'),
    import('smtp-server'),
  ]);
  const messages: ReceivedMail[] = [];
  let attempts = 0;
  let refusals = { left: 0, responseCode: 451 };
  let held: Promise<void> = Promise.resolve();

  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    // For clients that keep their connection; the default is 30 s.
    closeTimeout: 1_000,
    onAuth: (auth, _session, done) => {
      done(null, { user: auth.username });
    },
    onData: (stream, session, done) => {
      attempts++;
      const refused = refusals.left-- > 0;
      buffer(stream)
        .then(async (source) => {
          await held;
          if (refused) throw new RefusedMailError(refusals.responseCode);
          messages.push(receivedMail(session, await simpleParser(source)));
        })
        .then(() => {
          done();
        }, done);
    },
  });
  // smtp-server 3 reports a sender that is killed in the middle of a mail: a test may do that.
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;

  return {
    url: `smtp://127.0.0.1:${port}`,
    messages,
    get attempts() {
      return attempts;
    },
    refuseNext: (left, responseCode = 451) => {
      refusals = { left, responseCode };
    },
    hold: () => {
      const { promise, resolve } = withResolvers();
      held = promise;
      return resolve;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
      }),
  };
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

class RefusedMailError extends Error {
  constructor(readonly responseCode: number) {
    super('Refused by the test');
  }
}

function receivedMail({ envelope }: SMTPServerSession, mail: ParsedMail): ReceivedMail {
  return {
    from: envelope.mailFrom ? envelope.mailFrom.address : '',
    to: envelope.rcptTo.map(({ address }) => address),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html || undefined,
    messageId: mail.messageId ?? '',
    mail,
  };
}
