import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { INTERNALS, type Internal } from './testing/internals-evidence';
import { compileWithRenamed, overriddenMembers } from './testing/renamed-members';

/** The folder of each package's compiled code. */
const COMPILED: Readonly<Record<Internal['package'], string>> = {
  bullmq: join(packageFolder('bullmq'), 'dist/esm'),
  '@nestjs/bullmq': join(packageFolder('@nestjs/bullmq'), 'dist'),
};

function packageFolder(name: string): string {
  for (const folder of module.paths) {
    const found = join(folder, name);
    try {
      readFileSync(join(found, 'package.json'));
      return found;
    } catch {
      // Not in this one.
    }
  }
  throw new Error(`${name} is not installed.`);
}

const contents = new Map<string, string>();

/** The content of an internal's files. */
function read({ package: name, files }: Internal): string {
  const key = join(COMPILED[name], files);
  const known = contents.get(key);
  if (known !== undefined) return known;
  const texts = readdirSync(dirname(key))
    .map((file) => join(dirname(key), file))
    .filter((file) => file.startsWith(key) && file.endsWith('.js'))
    .map((file) => readFileSync(file, 'utf8'));
  contents.set(key, texts.join('\n'));
  return texts.join('\n');
}

const title = ({ name, meaning, files }: Internal) => `"${name}", ${meaning} (${files})`;

describe('what BullMQ does not document, and this library relies on', () => {
  it.each(INTERNALS.map((internal) => ({ internal, title: title(internal) })))(
    'has $title',
    ({ internal }) => {
      expect(internal.evidence.test(read(internal))).toBe(true);
    },
  );

  it.each(INTERNALS.map((internal) => ({ internal, title: title(internal) })))(
    'would miss $title in a BullMQ that has renamed it',
    ({ internal }) => {
      const word = internal.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      const renamed = read(internal).replace(new RegExp(`(?<!\\w)${word}(?!\\w)`, 'g'), 'renamed');
      expect(internal.evidence.test(renamed)).toBe(false);
    },
  );

  it('is a compiler error if BullMQ renames a member that is overridden', () => {
    const members = overriddenMembers();
    expect(members).toEqual(
      expect.arrayContaining(['checkConnectionError', 'handleFailed', 'Job', 'updateStacktrace']),
    );
    const errors = compileWithRenamed(members);
    // Node's own members, which some BullMQ classes do not redeclare.
    for (const member of members.filter((name) => name !== 'emit' && name !== 'on')) {
      expect(errors).toContainEqual(expect.stringMatching(new RegExp(`^${member}:`)));
    }
  });
});
