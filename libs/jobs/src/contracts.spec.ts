import { notificationJob } from './notification.job';
import { reportJob } from './report.job';
import { thumbnailJob } from './thumbnail.job';

describe('the contract of a notification', () => {
  const mail = { to: 'ada@example.com', subject: 'Hello', text: 'Hello Ada.\nBye.' };
  const problemsOf = (data: object) =>
    notificationJob.data.safeParse(data).error?.issues.map(({ path }) => path.join('.')) ?? [];

  it('accepts a mail to one recipient', () => {
    expect(notificationJob.data.parse(mail)).toEqual(mail);
  });

  it('accepts an empty text and the longest subject', () => {
    expect(problemsOf({ ...mail, text: '', subject: 'x'.repeat(998) })).toEqual([]);
  });

  it.each([
    ['no address', { to: 'ada' }, ['to']],
    ['two recipients', { to: 'ada@example.com, eve@example.com' }, ['to']],
    ['a header smuggled in', { to: 'ada@example.com\r\nBcc: eve@example.com' }, ['to']],
    ['a subject of two lines', { subject: 'Hello\r\nBcc: eve@example.com' }, ['subject']],
    ['no subject', { subject: '' }, ['subject']],
    ['a subject that is too long', { subject: 'x'.repeat(999) }, ['subject']],
    ['a NUL character', { text: 'a\0b' }, ['text']],
    ['several wrong fields', { to: 1, text: undefined }, ['to', 'text']],
  ])('refuses %s', (_, change, fields) => {
    expect(problemsOf({ ...mail, ...change })).toEqual(fields);
  });
});

describe('the contracts of thumbnail and report', () => {
  it('carry an id and nothing else that could be large', () => {
    const id = 'e5f1c2d0-9a4b-4c8e-8f63-0d2f6c1c7b11';
    expect(thumbnailJob.data.parse({ imageId: id, bytes: 'AAAA' })).toEqual({ imageId: id });
    expect(reportJob.data.parse({ reportId: id })).toEqual({ reportId: id });
    expect(thumbnailJob.data.safeParse({ imageId: '1' }).success).toBe(false);
    expect(reportJob.data.safeParse({ reportId: '1' }).success).toBe(false);
  });
});
