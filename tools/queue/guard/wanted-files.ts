import type { BundleNode } from './bundle-graph';
import { importOf, isImpliedByJsx, isOwnFile } from './bundle-graph';
import type { GuardFacts } from './facts';

/** The files and packages that are imported by a name, and not only because a barrel re-exports them. */
export class WantedFiles {
  private readonly facts: GuardFacts;
  private readonly wanted = new Set<string>();
  /** Which names were asked for, by file. */
  private readonly asked = new Map<string, Set<string>>();

  constructor(facts: GuardFacts) {
    this.facts = facts;
    for (const entry of facts.bundle.entries) this.want(entry);
  }

  has({ path }: BundleNode): boolean {
    return this.wanted.has(path);
  }

  /** The file runs: all that it imports for itself is wanted too. */
  private want(path: string): void {
    if (this.wanted.has(path)) return;
    this.wanted.add(path);
    const node = this.facts.bundle.nodes.get(path);
    if (!node) return;
    if (!isOwnFile(node)) {
      for (const { target } of node.imports) this.want(target);
      return;
    }
    if (this.wantsAllImports(path, node)) {
      for (const { target } of node.imports) this.want(target);
      return;
    }
    // What it refers to by a path is wanted as a whole.
    for (const { target, pathLine } of node.imports) if (pathLine) this.want(target);
    for (const { specifier, target } of node.imports) {
      if (isImpliedByJsx(specifier)) this.want(target);
    }
    for (const { specifier, names } of this.facts.syntaxOf(path).imports) {
      const target = importOf(node, specifier)?.target;
      if (target === undefined) continue;
      if (names.length === 0) this.want(target);
      for (const name of names) this.ask(target, name);
    }
  }

  /** Whether it is the same which names of them the file imports: none of them passes names on. */
  private wantsAllImports(path: string, node: BundleNode): boolean {
    if (this.facts.syntaxOf(path).mayReExport || this.facts.syntaxOf(path).mayNameTypes)
      return false;
    return node.imports.every(({ target }) => {
      const imported = this.facts.bundle.nodes.get(target);
      return !isOwnFile(imported) || !this.facts.syntaxOf(target).mayReExport;
    });
  }

  /** A name of a file is used: it is the file's own, or leads on to the file that it comes from. */
  private ask(path: string, name: string): void {
    const node = this.facts.bundle.nodes.get(path);
    if (!isOwnFile(node)) {
      this.want(path);
      return;
    }
    const names = this.asked.get(path) ?? new Set();
    if (names.has(name)) return;
    this.asked.set(path, names.add(name));

    this.want(path);
    if (!this.facts.syntaxOf(path).mayReExport) return;
    const { exports, reExports } = this.facts.syntaxOf(path);
    if (exports.has(name)) return;
    for (const { specifier, exported, imported } of reExports) {
      const target = importOf(node, specifier)?.target;
      if (target === undefined) continue;
      if (name === '*') this.ask(target, imported);
      else if (exported === name) this.ask(target, imported);
      else if (exported === '*' && this.mayExport(target, name)) this.ask(target, name);
    }
  }

  /** Whether a file exports this name, itself or from another file. Of a package it is not known. */
  private mayExport(path: string, name: string, seen = new Set<string>()): boolean {
    const node = this.facts.bundle.nodes.get(path);
    if (!isOwnFile(node)) return true;
    if (seen.has(path)) return false;
    seen.add(path);
    const { exports, reExports } = this.facts.syntaxOf(path);
    return (
      exports.has(name) ||
      reExports.some(({ specifier, exported }) => {
        const target = importOf(node, specifier)?.target;
        if (exported === name) return true;
        return exported === '*' && target !== undefined && this.mayExport(target, name, seen);
      })
    );
  }
}
