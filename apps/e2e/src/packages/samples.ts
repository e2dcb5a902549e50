import type { Sample } from './sample';

/** The packages of docs/reference/packages.md. */
export const samples: readonly Sample[] = [
  {
    name: 'axios',
    packages: ['axios@1.21.1'],
    about: 'posts JSON to a server of its own',
    result: '200 {"hello":"Ada"}',
  },
  {
    name: 'bcrypt',
    packages: ['bcrypt@6.0.0'],
    about: 'hashes a password, and compares it',
    result: '$2b$04$ true',
  },
  {
    name: 'handlebars',
    packages: ['handlebars@4.7.10'],
    about: 'renders a template with a helper and a partial',
    result: '<p>Hello, ADA & Bob &amp; Co!</p>',
  },
  {
    name: 'p-limit',
    packages: ['p-limit@7.3.3'],
    about: 'runs five tasks, two at a time (an ES module without a CommonJS version)',
    result: '0,1,4,9,16; 2 at once',
  },
  {
    name: 'pdfkit',
    packages: ['pdfkit@0.20.2'],
    about: 'writes a PDF with a standard font, which it reads from beside itself',
    result: '%PDF-1.3 with Helvetica',
  },
];
