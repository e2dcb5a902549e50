import { Writable } from 'node:stream';
import { joinWrites } from './joined-writes';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('what is written to a server', () => {
  let sent: string[][];
  let stream: Writable;

  beforeEach(() => {
    sent = [];
    stream = joinWrites(
      new Writable({
        write: (chunk, _, done) => {
          sent.push([String(chunk)]);
          done();
        },
        writev: (chunks, done) => {
          sent.push(chunks.map(({ chunk }) => String(chunk)));
          done();
        },
      }),
    );
  });

  it('leaves at once if it is the first of a turn: the server begins while the others are made', async () => {
    stream.write('a');
    stream.write('b');
    expect(sent).toEqual([['a']]);
    await turn();
    expect(sent).toEqual([['a'], ['b']]);
  });

  it('leaves together if it is written in the same turn, also by promises that are continued in it', async () => {
    stream.write('a');
    await Promise.resolve();
    stream.write('b');
    void Promise.resolve().then(() => stream.write('c'));
    await turn();
    expect(sent).toEqual([['a'], ['b', 'c']]);
  });

  it('leaves four by four if there is much of it', async () => {
    for (const text of 'abcdefg') stream.write(text);
    expect(sent).toEqual([['a'], ['b', 'c', 'd', 'e']]);
    await turn();
    expect(sent).toEqual([['a'], ['b', 'c', 'd', 'e'], ['f', 'g']]);
  });

  it('leaves at the end of its own turn', async () => {
    stream.write('a');
    await turn();
    stream.write('b');
    await turn();
    expect(sent).toEqual([['a'], ['b']]);
  });

  it('leaves before the stream ends', async () => {
    stream.write('a');
    stream.write('b');
    stream.end();
    await turn();
    expect(sent.flat()).toEqual(['a', 'b']);
    expect(stream.writableFinished).toBe(true);
  });
});
