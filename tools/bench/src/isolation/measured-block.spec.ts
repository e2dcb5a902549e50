import { replaceMeasuredBlock } from './measured-block';

describe(replaceMeasuredBlock.name, () => {
  const page = '# Title\n\n<!-- measured: begin -->\n\nold\n\n<!-- measured: end -->\n\nThe end.\n';

  it('replaces what was measured before, and nothing else', () => {
    expect(replaceMeasuredBlock(page, 'new\n')).toBe(page.replace('old', 'new'));
  });

  it('says what is missing in a page without a place for figures', () => {
    expect(() => replaceMeasuredBlock('# Title\n', 'new')).toThrow('<!-- measured: begin -->');
  });
});
