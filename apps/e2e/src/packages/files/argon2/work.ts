import argon2 from 'argon2';

export async function work(): Promise<string> {
  const hash = await argon2.hash('secret', { memoryCost: 1_024, timeCost: 2 });
  return `${hash.slice(0, 9)} ${String(await argon2.verify(hash, 'secret'))}`;
}
