import { relative, sep } from 'node:path';
import { FloorPlan } from './floor-plan.mjs';
import { findChain, importedFile } from './imported-files.mjs';

const REMEDY =
  'Move what both need to a lower floor, or pass it in as an argument. Floors: {{plan}}';

/**
 * The rooms of a project that has a `floors.json` stand on floors. A room imports from lower floors
 * only, and the files of a room import each other without a circle. Imports of types count: what two
 * files know of each other, a reader has to know too.
 *
 * Specs and `testing` folders inside of rooms may import anything; only they import each other.
 */
export const floors = {
  meta: {
    type: 'problem',
    docs: { description: 'Let a room import from lower floors only' },
    schema: [],
    messages: {
      upward: `\`{{from}}\` (floor {{fromFloor}}) may not import \`{{to}}\` (floor {{toFloor}}): a room imports from lower floors only. ${REMEDY}`,
      sideways: `\`{{from}}\` and \`{{to}}\` are both on floor {{toFloor}} and may not import each other. ${REMEDY}`,
      circle:
        'Circle of files in `{{from}}`: {{chain}}. Move what they need of each other to a file that imports none of them.',
      tests:
        '`{{file}}` is for tests: only *.spec.ts and `testing` folders may import it, `{{from}}` may not. Move what both need out of it.',
      package:
        '`{{from}}` may not import `{{package}}`, only {{rooms}} may. Add what you need of it there. Floors: {{plan}}',
      homeless:
        '`{{file}}` is in no room. Move it to one, or add its folder to {{plan}}, on the lowest floor from which it can import what it needs.',
    },
  },
  create(context) {
    const { filename } = context;
    const plan = FloorPlan.of(filename);
    if (!plan?.contains(filename) || plan.isForTests(filename)) return {};
    const from = plan.roomOf(filename);
    const names = { from, plan: relative(context.cwd, plan.file).split(sep).join('/') };
    if (from === undefined) {
      const data = { ...names, file: plan.nameOf(filename) };
      return { Program: (node) => context.report({ node, messageId: 'homeless', data }) };
    }

    /** What is wrong with importing this, if anything. */
    const judge = (specifier) => {
      const rooms = plan.roomsWith(packageOf(specifier));
      if (rooms !== undefined && !rooms.includes(from)) {
        return ['package', { package: packageOf(specifier), rooms: rooms.join(', ') }];
      }
      const file = importedFile(filename, specifier);
      if (file === undefined || !plan.contains(file)) return undefined;
      if (plan.isForTests(file)) return ['tests', { file: plan.nameOf(file) }];
      const to = plan.roomOf(file);
      if (to === undefined) return undefined; // reported in that file
      if (to === from) return judgeChain(file);
      const [fromFloor, toFloor] = [plan.floorOf(from), plan.floorOf(to)];
      if (fromFloor > toFloor) return undefined;
      return [fromFloor < toFloor ? 'upward' : 'sideways', { to, fromFloor, toFloor }];
    };

    // A circle through several rooms has an arrow upward, so it is enough to look inside of one.
    const judgeChain = (file) => {
      const chain = findChain(file, filename, (one) => plan.roomOf(one) === from);
      if (chain === undefined) return undefined;
      return ['circle', { chain: [filename, ...chain].map((one) => plan.nameOf(one)).join(' → ') }];
    };

    const check = ({ source }) => {
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
      const [messageId, data] = judge(source.value) ?? [];
      if (messageId !== undefined) {
        context.report({ node: source, messageId, data: { ...names, ...data } });
      }
    };

    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      TSImportType: check,
    };
  },
};

/** `@nestjs/common` of `@nestjs/common/decorators`. */
function packageOf(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
