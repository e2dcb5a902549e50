import { suggest } from './suggest';

const known = ['email', 'report', 'thumbnail'];

it.each([
  ['emial', 'email'],
  ['mail', 'email'],
  ['reports', 'report'],
  ['thumbnial', 'thumbnail'],
  ['Report', 'report'],
  ['invoice', undefined],
  ['', undefined],
])('a person who types "%s" is offered %s', (typed, meant) => {
  expect(suggest(typed, known)).toBe(meant);
});

it('offers the closest of several', () => {
  expect(suggest('emails', ['emailer', 'email', 'mails'])).toBe('email');
  expect(suggest('email', [])).toBeUndefined();
});
