import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import type SMTPPool from 'nodemailer/lib/smtp-pool';
import { WORKER_CONFIG, type WorkerConfig } from '@libs/worker-app/config';
import { MailNotConfiguredError } from './mail-not-configured.error';
import { MailRefusedError } from './mail-refused.error';

export interface Mail {
  to: string;
  subject: string;
  text: string;
  /** The Message-ID header, without angle brackets and domain. */
  messageId: string;
}

export interface SentMail {
  /** The Message-ID header as sent. */
  messageId: string;
  /** The answer of the mail server. */
  response: string;
}

/** In milliseconds; a mail server that is silent for longer is abandoned, and the job retried. */
const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };

/** Sends mail over a few persistent connections. */
@Injectable()
export class Mailer implements OnApplicationShutdown {
  private readonly transport: Transporter<SMTPPool.SentMessageInfo>;
  private readonly from: string;

  constructor(@Inject(WORKER_CONFIG) { SMTP_URL, MAIL_FROM }: WorkerConfig) {
    if (SMTP_URL === undefined) throw new MailNotConfiguredError();
    this.from = MAIL_FROM;
    this.transport = createTransport({
      url: SMTP_URL,
      pool: true,
      ...TIMEOUTS,
      // The content is untrusted: it must not refer to local files or URLs.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  /**
   * Sends one mail to the mail server.
   *
   * @throws MailRefusedError if the server will never accept it; any other error may be temporary
   */
  async send({ messageId, ...mail }: Mail): Promise<SentMail> {
    const domain = /@([^>]+)>?$/.exec(this.from)?.[1] ?? 'localhost';
    try {
      const sent = await this.transport.sendMail({
        ...mail,
        from: this.from,
        messageId: `<${messageId}@${domain}>`,
      });
      return { messageId: sent.messageId, response: sent.response };
    } catch (error) {
      throw asRefusal(error) ?? error;
    }
  }

  onApplicationShutdown(): void {
    this.transport.close();
  }
}

/**
 * A 5xx answer to the sender, the recipient or the content is final: RFC 5321, section 4.2.1. A 5xx answer
 * to the login is not about this mail, and is cured by the right password.
 */
function asRefusal(error: unknown): MailRefusedError | undefined {
  if (!(error instanceof Error) || !('responseCode' in error) || !('code' in error)) return;
  const { responseCode: status, code } = error;
  const aboutMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (!aboutMail || typeof status !== 'number' || status < 500) return;
  return new MailRefusedError(status, 'response' in error ? String(error.response) : error.message);
}
