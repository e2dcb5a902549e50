import { PayloadTooLargeException } from '@nestjs/common';
import type { PageRequest } from './page-request';

/** In bytes: a login is smaller. */
const LONGEST = 4_096;

/** The fields of a form, which an application's parser may have read already. */
export async function readForm(request: PageRequest): Promise<URLSearchParams> {
  const { body } = request;
  if (typeof body === 'object' && body !== null) {
    const texts = Object.entries(body).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return new URLSearchParams(texts);
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LONGEST) throw new PayloadTooLargeException('The form is too large.');
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
