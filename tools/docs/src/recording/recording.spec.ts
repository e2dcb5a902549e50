import { type Frame, recordingSvg } from './recording-svg';
import { type Line, terminalLines } from './terminal-lines';

const textOf = (line: Line) => line.map(({ text }) => text).join('');

describe('what a terminal shows', () => {
  it('is a moving line as it was drawn last', () => {
    const output = 'one\r\n\u001b[?25l⠋ wait\r\u001b[2K⠙ wait (1 s)\r\u001b[2Kdone\r\nlast\r\n';
    expect(terminalLines(output, 80).map(textOf)).toEqual(['one', 'done', 'last', '']);
  });

  it('is what several moving lines were replaced by', () => {
    const output = 'one\r\n- wait\r\n  for it\u001b[2K\u001b[1A\u001b[2K\u001b[Gdone\r\n';
    expect(terminalLines(output, 80).map(textOf)).toEqual(['one', 'done', '']);
  });

  it('goes on in the next line where the terminal ends', () => {
    expect(terminalLines('12345678', 3).map(textOf)).toEqual(['123', '456', '78']);
  });

  it('has colours and bold text until they end, in the next lines too', () => {
    const [first, second] = terminalLines('a\u001b[1;32mb\r\nc\u001b[39md\u001b[0me', 80);
    const look = { bold: false, dim: false, color: undefined };
    expect(first).toEqual([
      { ...look, text: 'a' },
      { ...look, text: 'b', bold: true, color: 2 },
    ]);
    expect(second).toEqual([
      { ...look, text: 'c', bold: true, color: 2 },
      { ...look, text: 'd', bold: true },
      { ...look, text: 'e' },
    ]);
  });
});

describe('the picture of a recording', () => {
  const frame = (text: string, at: number, shown: number): Frame => ({
    title: 'Terminal 1',
    lines: terminalLines(text, 80),
    at,
    shown,
  });
  const size = { columns: 80, rows: 24 };
  const svg = recordingSvg(
    [frame('$ npm start', 0, 1_000), frame('$ npm start\n<Ready> & well', 65_000, 3_000)],
    size,
    'What "npm start" shows',
  );

  it('shows each frame for its time, with the time that it really took', () => {
    expect(svg).toContain('animation: 4000ms step-end infinite');
    expect(svg).toMatch(/@keyframes k1 \{.* 25% \{ visibility: visible; \}/);
    expect(svg).toContain('>1:05</text>');
  });

  it('has a line that several frames show once, and what is in it as text', () => {
    expect(svg.match(/>\$ npm start</g)).toHaveLength(1);
    expect(svg).toContain('&lt;Ready&gt; &amp; well');
    expect(svg).toContain('aria-label="What &quot;npm start&quot; shows"');
  });
});
