import { get_encoding } from 'tiktoken';

export function work(): string {
  const encoding = get_encoding('cl100k_base');
  try {
    const tokens = encoding.encode('Hello, Ada');
    return `${tokens.length}: ${new TextDecoder().decode(encoding.decode(tokens))}`;
  } finally {
    encoding.free();
  }
}
