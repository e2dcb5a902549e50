import { readPage } from './markdown';

const PAGE = `# A page

<!-- hidden
declare const queue: string;
-->

\`\`\`ts
queue.trim();
\`\`\`

<!-- hidden
export {};
-->

## Look: \`here\` and there

[a link](other.md#part), ![a picture](plot.svg), \`not [a link](code.md)\`, \`npm ci\`

\`\`\`text
[not a link](output.md)
\`\`\`
`;

describe('what is read of a page', () => {
  const page = readPage(PAGE);

  it('is each block with its language, its line, and what is hidden around it', () => {
    expect(page.fences).toEqual([
      {
        language: 'ts',
        code: 'queue.trim();\n',
        line: 8,
        before: 'declare const queue: string;\n',
        after: 'export {};\n',
      },
      { language: 'text', code: '[not a link](output.md)\n', line: 20, before: '', after: '' },
    ]);
  });

  it('is each link of the text, and none in code', () => {
    expect(page.links).toEqual([
      { text: 'other.md#part', line: 17 },
      { text: 'plot.svg', line: 17 },
    ]);
  });

  it('is each piece of inline code', () => {
    expect(page.code.map(({ text }) => text)).toEqual(['here', 'not [a link](code.md)', 'npm ci']);
  });

  it('is the anchor of each heading', () => {
    expect([...page.anchors]).toEqual(['a-page', 'look-here-and-there']);
  });
});
