import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageOfFile } from '../bundle/npm-package';
import type { BundleNode } from '../guard/bundle-graph';
import { isOwnFile } from '../guard/bundle-graph';
import type { BuiltApp } from '../record/built-app';
import type { ChainOptions } from './find-chains';
import { findChains } from './find-chains';
import { dependentsOf, graphPath } from './graph-path';
import { similarNames } from '../terminal/similar-names';
import type { Absent, Present, WhyAnswer } from './why-answer';
import type { WhyQuery } from './why-query';

/** Answers why something is in a bundle, or why it is not. */
export function why(app: BuiltApp, query: WhyQuery, options: ChainOptions): WhyAnswer {
  const nodes = [...app.facts.bundle.nodes.values()].filter(matches(query));
  if (nodes.length > 0) {
    const answer = present(app, query, nodes, options);
    if (answer.reached.length > 0) return answer;
  }
  if (query.kind === 'file') return absentFile(app, query);
  const path = fileOfImportPath(app, query.specifier);
  return path === undefined ? absentPackage(app, query) : why(app, { kind: 'file', path }, options);
}

/** Libraries of the workspace are imported by a name too: then its file is what is asked for. */
function fileOfImportPath({ facts: { bundle } }: BuiltApp, specifier: string): string | undefined {
  for (const { imports } of bundle.nodes.values()) {
    for (const found of imports) {
      if (found.specifier === specifier && isOwnFile(bundle.nodes.get(found.target)))
        return found.target;
    }
  }
  return undefined;
}

function matches(query: WhyQuery): (node: BundleNode) => boolean {
  return query.kind === 'package'
    ? ({ package: name }) => name === query.name
    : ({ path }) => path === query.path;
}

function present(
  { workspaceRoot, report, facts, roots }: BuiltApp,
  query: WhyQuery,
  nodes: readonly BundleNode[],
  options: ChainOptions,
): Present {
  // An external package may be imported from files that are dropped: only those that are used count.
  const used = nodes.filter((node) => facts.bundle.isBundled(node));
  const targets = new Set(used.length > 0 ? used : nodes);
  const reached = findChains(facts, roots, (node) => targets.has(node), options);
  const answer: Present = {
    project: report.project,
    query,
    status: statusOf([...targets]),
    bytes: used.reduce((sum, { bytes }) => sum + bytes, 0),
    reached,
    notReachedFrom: roots
      .filter((root) => !reached.some((found) => found.root === root))
      .map(({ name }) => name),
  };
  if (query.kind === 'file') return answer;

  const requiredBy = report.leftOut.find(({ name }) => name === query.name)?.requiredBy;
  if (answer.status === 'left-out') return { ...answer, ...(requiredBy && { requiredBy }) };
  const [first] = targets;
  const installed =
    answer.status === 'external' || !first
      ? installedPackage(workspaceRoot, query.name)
      : packageOfFile(join(workspaceRoot, first.path));
  return {
    ...answer,
    ...(installed && { version: installed.version }),
    ...(answer.status === 'external' && {
      reason: report.external.find(({ name }) => name === query.name)?.reason,
    }),
  };
}

function statusOf(targets: readonly BundleNode[]): Present['status'] {
  if (targets.some(({ kind }) => kind === 'external')) return 'external';
  if (targets.some(({ kind, bytes }) => kind === 'file' && bytes > 0)) return 'bundled';
  return targets.some(({ kind }) => kind === 'left-out') ? 'left-out' : 'nothing-left';
}

function absentPackage(
  { workspaceRoot, report: { project }, graph, facts }: BuiltApp,
  query: WhyQuery & { kind: 'package' },
): Absent {
  const { name } = query;
  const { workspace } = facts.manifests;
  const node = `npm:${name}`;
  const path = graphPath(graph, project, node);
  const version = installedPackage(workspaceRoot, name)?.version;
  const dependents = dependentsOf(graph, node);
  const isKnown = path.length > 0 || version !== undefined || dependents.length > 0;
  return {
    project,
    query,
    status: path.length > 0 ? 'allowed' : isKnown ? 'not-allowed' : 'unknown',
    ...(version !== undefined && { version }),
    graphPath: path,
    projects: dependents.filter((dependent) => !dependent.startsWith('npm:')),
    packages: dependents.flatMap((dependent) => packageOfNode(dependent)),
    isDeclared: Boolean(workspace?.dependencies?.[name] ?? workspace?.devDependencies?.[name]),
    similar: isKnown ? [] : similarPackages({ graph, facts }, name),
  };
}

function absentFile(
  { workspaceRoot, report: { project }, graph, facts }: BuiltApp,
  query: WhyQuery & { kind: 'file' },
): Absent {
  const owner = facts.projects.ownerOf(query.path)?.name;
  const path = owner === undefined ? [] : graphPath(graph, project, owner);
  const isKnown = existsSync(join(workspaceRoot, query.path));
  return {
    project,
    query,
    status: !isKnown ? 'unknown' : path.length > 0 ? 'allowed' : 'not-allowed',
    graphPath: path,
    projects: owner === undefined ? [] : [owner],
    packages: [],
    isDeclared: false,
    similar: isKnown ? [] : similarNames(query.path, ownFiles(facts)),
  };
}

function ownFiles({ bundle }: BuiltApp['facts']): string[] {
  return [...bundle.nodes.values()]
    .filter((node) => node.kind === 'file' && node.package === undefined)
    .map(({ path }) => path);
}

/** What the bundle holds comes before what is only installed, however alike. */
function similarPackages({ graph, facts }: Pick<BuiltApp, 'graph' | 'facts'>, name: string) {
  const bundled = [...facts.bundle.nodes.values()].flatMap((node) => node.package ?? []);
  const near = similarNames(name, bundled);
  const all = Object.keys(graph.externalNodes ?? {}).flatMap((node) => packageOfNode(node));
  return near.length > 0 ? near : similarNames(name, all);
}

/** `sharp` of `npm:sharp` and of `npm:sharp@0.33.0`, a second version. */
function packageOfNode(node: string): string[] {
  return node.startsWith('npm:') ? [node.slice('npm:'.length).replace(/(?<=.)@.*$/, '')] : [];
}

function installedPackage(workspaceRoot: string, name: string) {
  return packageOfFile(join(workspaceRoot, 'node_modules', name, 'package.json'));
}
