import { isDebugged } from './app-processes';

describe('a process that waits for the next change', () => {
  it('is left out where each process has an inspector on a port', () => {
    expect(isDebugged({ NODE_OPTIONS: '--enable-source-maps --inspect=9300' })).toBe(true);
    expect(isDebugged({ NODE_OPTIONS: '--max-old-space-size=512' })).toBe(false);
    expect(isDebugged({})).toBe(false);
  });
});
