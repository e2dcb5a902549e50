import { render } from '@react-email/components';
import { Welcome } from './welcome';

export async function work(): Promise<string> {
  const html = await render(<Welcome name="Ada" />);
  const text = await render(<Welcome name="Ada" />, { plainText: true });
  return `${String(html.includes('text-align:center'))}: ${text.split('\n')[0] ?? ''}`;
}
