import { generateKeyPairSync } from 'node:crypto';
import { cert, deleteApp, initializeApp } from 'firebase-admin/app';
import { getAuth } from 'firebase-admin/auth';

export async function work(): Promise<string> {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const credential = cert({ projectId: 'sample', clientEmail: 'a@example.com', privateKey });
  const app = initializeApp({ credential }, 'sample');
  try {
    const token = await getAuth(app).createCustomToken('ada', { admin: true });
    const [, claims = ''] = token.split('.');
    const { uid, iss } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<
      string,
      string
    >;
    return `${uid ?? ''} by ${iss ?? ''}`;
  } finally {
    await deleteApp(app);
  }
}
