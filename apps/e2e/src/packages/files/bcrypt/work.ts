import bcrypt from 'bcrypt';

export async function work(): Promise<string> {
  const hash = await bcrypt.hash('secret', 4);
  return `${hash.slice(0, 7)} ${String(await bcrypt.compare('secret', hash))}`;
}
