import { randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser';

/** A caught mail in the list. */
export interface MailSummary {
  id: string;
  receivedAt: string;
  from: string;
  to: string[];
  subject: string;
}

export interface MailMessage extends MailSummary {
  text: string;
  html: string | undefined;
  headers: Record<string, string>;
  attachments: { filename: string; contentType: string; bytes: number }[];
}

const ID = /^\d{8}T\d{9}Z-[0-9a-f]{8}$/;

/** Caught mails: one .eml file each, named by its id, which sorts by the time of arrival. */
export class MailStore {
  /** Cached: a file never changes, and reading one means parsing it with its attachments. */
  private readonly summaries = new Map<string, MailSummary>();

  constructor(readonly folder: string) {}

  async add(source: Buffer): Promise<string> {
    await mkdir(this.folder, { recursive: true });
    const id = `${new Date().toISOString().replace(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`;
    const file = this.fileOf(id);
    await writeFile(`${file}.part`, source);
    await rename(`${file}.part`, file);
    return id;
  }

  /** Newest first. */
  async list(limit = 200): Promise<MailSummary[]> {
    const ids = (await this.ids()).sort().reverse().slice(0, limit);
    const mails = await Promise.all(ids.map((id) => this.summary(id)));
    return mails.filter((mail) => mail !== undefined);
  }

  async get(id: string): Promise<MailMessage | undefined> {
    const source = await this.source(id);
    return source && messageOf(id, await simpleParser(source));
  }

  /** The original message, byte for byte. */
  async source(id: string): Promise<Buffer | undefined> {
    if (!ID.test(id)) return undefined;
    try {
      return await readFile(this.fileOf(id));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async clear(): Promise<void> {
    this.summaries.clear();
    await Promise.all((await this.ids()).map((id) => rm(this.fileOf(id), { force: true })));
  }

  private async summary(id: string): Promise<MailSummary | undefined> {
    const known = this.summaries.get(id);
    if (known) return known;
    const mail = await this.get(id);
    if (!mail) return undefined;
    const { receivedAt, from, to, subject } = mail;
    const summary = { id, receivedAt, from, to, subject };
    this.summaries.set(id, summary);
    return summary;
  }

  private fileOf(id: string): string {
    return join(this.folder, `${id}.eml`);
  }

  private async ids(): Promise<string[]> {
    const names = await readdir(this.folder).catch(() => []);
    return names.map((name) => name.replace(/\.eml$/, '')).filter((id) => ID.test(id));
  }
}

function messageOf(id: string, mail: ParsedMail): MailMessage {
  return {
    id,
    receivedAt: timeOf(id),
    from: addresses(mail.from).join(', '),
    to: addresses(mail.to),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html || undefined,
    headers: Object.fromEntries(
      mail.headerLines.map(({ key, line }) => [key, line.slice(line.indexOf(':') + 1).trim()]),
    ),
    attachments: mail.attachments.map(({ filename, contentType, size }) => ({
      filename: filename ?? '',
      contentType,
      bytes: size,
    })),
  };
}

function addresses(value: AddressObject | AddressObject[] | undefined): string[] {
  const objects = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return objects.flatMap(({ value: list }) =>
    list.map(({ name, address }) => (name ? `${name} <${address ?? ''}>` : (address ?? ''))),
  );
}

/** 20250102T030405006Z-… to 2025-01-02T03:04:05.006Z */
function timeOf(id: string): string {
  return id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z.*$/, '$1-$2-$3T$4:$5:$6.$7Z');
}
