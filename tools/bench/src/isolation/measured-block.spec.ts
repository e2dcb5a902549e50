import { replaceMeasuredBlock } from './measured-block';

describe(replaceMeasuredBlock.name, () => {
  const page = '# Title\n\n<!-- measured: begin -->\n\nold\n\n<!-- measured: end -->\n\nThe end.\n';

  it('replaces the previous figures, and nothing else', () => {
    expect(replaceMeasuredBlock(page, 'new\n')).toBe(page.replace('old', 'new'));
  });

  it('says what to add to a page without a place for figures', () => {
    expect(() => replaceMeasuredBlock('# Title\n', 'new')).toThrow('<!-- measured: begin -->');
  });
});
