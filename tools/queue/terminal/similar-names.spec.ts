import { similarNames } from './similar-names';

const KNOWN = ['sharp', 'pg', 'pg-pool', '@nestjs/core', 'nodemailer', 'typeorm'];

it.each([
  ['sharpp', ['sharp']],
  ['Sharp', ['sharp']],
  ['core', ['@nestjs/core']],
  ['@nest/core', ['@nestjs/core']],
  ['node-mailer', ['nodemailer']],
  ['left-pad', []],
])('%s is near %j', (name, expected) => {
  expect(similarNames(name, KNOWN)).toEqual(expected);
});
