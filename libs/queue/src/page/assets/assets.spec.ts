import { readFileSync } from 'node:fs';
import { stop } from 'esbuild';
import { ASSETS, renderAssets } from '../../../build-page';
import { FILES } from './files';

afterAll(() => stop());

describe('the script and the styles of the page', () => {
  it('are those of page/client: npx nx run queue:page writes them', async () => {
    expect(await renderAssets()).toBe(readFileSync(ASSETS, 'utf8'));
  });

  it('are small, and ask for nothing elsewhere', () => {
    const bytes = FILES.reduce((sum, { text }) => sum + text.length, 0);
    expect(bytes).toBeLessThan(50_000);
    for (const { text } of FILES)
      expect(text).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg)|@import|url\(/);
  });
});
