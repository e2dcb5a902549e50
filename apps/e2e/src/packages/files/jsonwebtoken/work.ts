import jwt from 'jsonwebtoken';

export function work(): string {
  const token = jwt.sign({ name: 'Ada' }, 'secret', { expiresIn: '1h' });
  const { name } = jwt.verify(token, 'secret') as { name: string };
  return name;
}
