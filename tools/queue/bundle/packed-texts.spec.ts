import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { packModule, PACKED_TEXTS } from './packed-texts';

const ROOT = join(__dirname, '../../..');
const load = createRequire(__filename);

/** Runs the text of a CommonJS module. */
function run(text: string): Record<string, unknown> {
  const exported = {};
  runInNewContext(text, { exports: exported, require: load, Buffer, JSON });
  return exported;
}

describe('a module that holds long texts', () => {
  it.each(PACKED_TEXTS)('has the same in a fifth of the space: $package, $file', (packed) => {
    const path = join(ROOT, 'node_modules', packed.package, packed.file);
    const text = packed.change('', path);
    const original = load(path) as Record<string, unknown>;
    expect({ ...run(text) }).toEqual({ ...original });
    expect(text.length).toBeLessThan(JSON.stringify(original).length / 3);
  });

  it('is left as it is if it holds anything else', () => {
    const folder = mkdtempSync(join(tmpdir(), 'packed-texts-'));
    const module = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    try {
      const scripts = module('scripts.js', `exports.a = { text: 'one', keys: 2 };`);
      expect(run(packModule(scripts, 'each') ?? '')).toEqual({ a: { text: 'one', keys: 2 } });
      expect(run(packModule(scripts, 'together') ?? '')).toEqual({ a: { text: 'one', keys: 2 } });
      const withCode = module('code.js', `exports.a = 'one'; exports.run = () => 1;`);
      expect(packModule(withCode, 'each')).toBeUndefined();
      const withDate = module('date.js', `exports.a = { at: new Date() };`);
      expect(packModule(withDate, 'each')).toBeUndefined();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
