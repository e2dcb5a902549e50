/**
 * The rooms of this plugin by floor, the bottom first. A room imports from lower floors only, never from
 * another room of its own floor. `testing` is outside of the floors: it may import anything, and only
 * specs import it. What Nx and other programs load is listed in executors.json, generators.json and
 * tsconfig.base.json.
 */
export const floors = [
  // What a workspace consists of, read from its sources; what is written for a terminal; the ESLint rule.
  ['workspace', 'terminal', 'eslint'],
  // How an application becomes a bundle; what `nx g` and `nx sync` write.
  ['bundle', 'generators'],
  // What a bundle may hold; how a command of a worker runs a program of the workspace.
  ['guard', 'command'],
  // The executors of a worker's day, and the record that each build leaves.
  ['serve', 'enqueue', 'dead', 'record'],
  // The `build` executor (a folder of that name is skipped by many tools), and what reads its record.
  ['builder', 'report', 'why'],
];
